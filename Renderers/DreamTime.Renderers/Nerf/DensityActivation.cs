namespace DreamTime.Renderers;

/// <summary>The function from the network's raw output (plus the blob) to a density.</summary>
public enum DensityActivation
{
    /// <summary>log(1 + exp(x)): grows linearly, so hard surfaces come slowly and steadily (Magic3D).</summary>
    Softplus,

    /// <summary>exp(x), whose derivative is taken as exp(min(x, 15)): surfaces come fast (instant-ngp, DreamFusion's re-implementations).</summary>
    TruncatedExponential,
}
