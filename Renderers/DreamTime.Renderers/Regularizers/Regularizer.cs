namespace DreamTime.Renderers;

/// <summary>The losses that can stand beside a guidance, each described where its weight is.</summary>
public enum Regularizer
{
    /// <summary><see cref="NerfRegularizers.Sparsity"/>.</summary>
    Sparsity,

    /// <summary><see cref="NerfRegularizers.Opaque"/>.</summary>
    Opaque,

    /// <summary><see cref="NerfRegularizers.ZVariance"/>.</summary>
    ZVariance,

    /// <summary><see cref="NerfRegularizers.Entropy"/>.</summary>
    Entropy,

    /// <summary><see cref="NerfRegularizers.Orientation"/>.</summary>
    Orientation,

    /// <summary><see cref="NerfRegularizers.Distortion"/>.</summary>
    Distortion,

    /// <summary><see cref="NerfRegularizers.SpatialNormalSmoothness"/>.</summary>
    SpatialNormalSmoothness,

    /// <summary><see cref="NerfRegularizers.Eikonal"/>.</summary>
    Eikonal,

    /// <summary><see cref="DmtetRegularizers.NormalConsistency"/>.</summary>
    NormalConsistency,

    /// <summary><see cref="DmtetRegularizers.Laplacian"/>.</summary>
    Laplacian,

    /// <summary><see cref="DmtetRegularizers.SignConsistency"/>.</summary>
    SignConsistency,

    /// <summary><see cref="ImageRegularizers.NormalSmoothness"/>.</summary>
    NormalSmoothness,

    /// <summary><see cref="ImageRegularizers.DepthSmoothness"/>.</summary>
    DepthSmoothness,

    /// <summary><see cref="ImageRegularizers.TotalVariation"/>.</summary>
    TotalVariation,
}
