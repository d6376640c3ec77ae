using System.Numerics;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>A density: an activation of the raw output and a blob around the origin.</summary>
internal sealed class DensityValue(NerfOptions options) : FieldValue
{
    /// <inheritdoc/>
    public override Vector256<float> Of(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        FieldHead.Density(options.DensityActivation, raw + FieldHead.Blob(options.DensityBlob, options.CubeRadius, x, y, z));

    /// <inheritdoc/>
    public override Vector256<float> Derivative(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        FieldHead.DensityDerivative(options.DensityActivation, raw + FieldHead.Blob(options.DensityBlob, options.CubeRadius, x, y, z));

    /// <inheritdoc/>
    public override Vector3 BiasSlope(Vector3 world) => options.DensityBlob switch
    {
        DensityBlob.Magic3D when world != Vector3.Zero => Vector3.Normalize(world) * -20,
        DensityBlob.DreamFusion => world * (-125 * MathF.Exp(-12.5f * world.LengthSquared())),
        _ => Vector3.Zero,
    };
}
