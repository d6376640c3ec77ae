namespace DreamTime.Diffusion;

/// <summary>The samplers.</summary>
public enum SamplerKind
{
    /// <summary><see cref="DdimScheduler"/>.</summary>
    Ddim,

    /// <summary><see cref="DdpmScheduler"/>.</summary>
    Ddpm,

    /// <summary><see cref="PndmScheduler"/>.</summary>
    Pndm,

    /// <summary><see cref="EulerScheduler"/>.</summary>
    Euler,

    /// <summary><see cref="EulerAncestralScheduler"/>.</summary>
    EulerAncestral,

    /// <summary><see cref="DpmSolverMultistepScheduler"/>.</summary>
    DpmSolverMultistep,
}
