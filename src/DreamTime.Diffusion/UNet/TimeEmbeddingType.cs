namespace DreamTime.Diffusion;

/// <summary>The frequencies at which a timestep is embedded.</summary>
public enum TimeEmbeddingType
{
    /// <summary>Falling geometrically (Vaswani et al. 2017).</summary>
    Positional,

    /// <summary>Drawn once from a normal distribution and kept among the weights (Tancik et al. 2020).</summary>
    Fourier,
}
