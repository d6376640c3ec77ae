namespace DreamTime.Diffusion;

/// <summary>How Euler's method finds the noise level sigma of a step.</summary>
public enum SigmaInterpolation
{
    /// <summary>Linearly in t between the trained levels.</summary>
    Linear,

    /// <summary>Evenly in log sigma, whatever the timesteps are.</summary>
    LogLinear,
}
