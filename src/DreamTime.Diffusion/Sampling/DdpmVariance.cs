namespace DreamTime.Diffusion;

/// <summary>The variance of DDPM's reverse step.</summary>
public enum DdpmVariance
{
    /// <summary>That of q(x_{t-1} | x_t, x_0).</summary>
    FixedSmall,

    /// <summary>The same, by way of its logarithm.</summary>
    FixedSmallLog,

    /// <summary>beta_t.</summary>
    FixedLarge,

    /// <summary>Predicted by the network in its second half of channels.</summary>
    Learned,

    /// <summary>
    /// Between the two fixed ones in the logarithm, where the network's second half of channels says (Nichol and Dhariwal 2021).
    /// </summary>
    LearnedRange,
}
