namespace DreamTime.Renderers;

/// <summary>What is added to the network's raw density, so that training starts from a blob at the origin and not from nothing. x is in world units.</summary>
public enum DensityBlob
{
    /// <summary>Nothing is added.</summary>
    None,

    /// <summary>10 (1 - |x| / 0.5), meant for <see cref="DensityActivation.Softplus"/> (Magic3D).</summary>
    Magic3D,

    /// <summary>5 exp(-|x|^2 / (2 0.2^2)), meant for <see cref="DensityActivation.TruncatedExponential"/> (DreamFusion).</summary>
    DreamFusion,
}
