using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>A density: an activation of the raw output and a blob around the origin.</summary>
internal sealed class DensityValue(NerfOptions options) : FieldValue
{
    /// <inheritdoc/>
    public override Vector256<float> Of(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        FieldHead.Density(options.DensityActivation, raw + FieldHead.Blob(options.DensityBlob, options.Radius, x, y, z));

    /// <inheritdoc/>
    public override Vector256<float> Derivative(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        FieldHead.DensityDerivative(options.DensityActivation, raw + FieldHead.Blob(options.DensityBlob, options.Radius, x, y, z));
}
