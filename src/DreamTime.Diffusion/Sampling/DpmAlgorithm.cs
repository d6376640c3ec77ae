namespace DreamTime.Diffusion;

/// <summary>Which differential equation DPM-Solver integrates, and for which prediction.</summary>
public enum DpmAlgorithm
{
    /// <summary>The ordinary one, in the noise (Lu et al. 2022, DPM-Solver).</summary>
    DpmSolver,

    /// <summary>The ordinary one, in the clean sample (Lu et al. 2022, DPM-Solver++).</summary>
    DpmSolverPlusPlus,

    /// <summary>The stochastic one, in the noise.</summary>
    SdeDpmSolver,

    /// <summary>The stochastic one, in the clean sample.</summary>
    SdeDpmSolverPlusPlus,
}
