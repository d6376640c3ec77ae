namespace DreamTime.Diffusion;

/// <summary>How DPM-Solver's second order takes the slope into account.</summary>
public enum DpmSolverType
{
    /// <summary>Half the first-order coefficient.</summary>
    Midpoint,

    /// <summary>The exact integral of a linear prediction.</summary>
    Heun,
}
