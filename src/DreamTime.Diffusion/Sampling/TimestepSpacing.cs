namespace DreamTime.Diffusion;

/// <summary>Which of the T training timesteps a sampler with n steps visits.</summary>
public enum TimestepSpacing
{
    /// <summary>Every (T / n)-th from the clean end.</summary>
    Leading,

    /// <summary>Evenly from the first to the last, both included.</summary>
    Linspace,

    /// <summary>Every (T / n)-th from the noisy end.</summary>
    Trailing,
}
