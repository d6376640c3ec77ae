using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// From the network's four outputs to a density (activation of the raw value plus a blob around the origin) and a colour (sigmoid), 8 points at a time.
/// </summary>
internal static unsafe class FieldHead
{
    /// <summary>exp(80) is near the largest float: a density stays finite whatever the network says.</summary>
    public const float LargestExponent = 80;

    /// <summary>From here on the derivative of the truncated exponential is constant.</summary>
    public const float LargestGradientExponent = 15;

    /// <summary>What is added to the raw density at 8 points of the unit cube, which spans [-radius, radius] in the world.</summary>
    public static Vector256<float> Blob(DensityBlob blob, float radius, Vector256<float> x, Vector256<float> y, Vector256<float> z)
    {
        if (blob == DensityBlob.None)
            return default;

        var (worldX, worldY, worldZ) = (World(x), World(y), World(z));
        var squared = worldX * worldX + worldY * worldY + worldZ * worldZ;
        return blob == DensityBlob.Magic3D
            ? Vector256.Create(10f) - Vector256.Sqrt(squared) * 20f
            : Vector256.Exp(squared * -12.5f) * 5f;

        Vector256<float> World(Vector256<float> unit) => (unit + unit - Vector256<float>.One) * radius;
    }

    /// <summary>The density of a raw value that has its blob already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Density(DensityActivation activation, Vector256<float> raw) => activation == DensityActivation.Softplus
        ? Vector256.Max(raw, default) + Vector256.Log(Vector256<float>.One + Vector256.Exp(-Vector256.Abs(raw)))
        : Vector256.Exp(Vector256.Min(raw, Vector256.Create(LargestExponent)));

    /// <summary>The derivative of <see cref="Density"/>, truncated for the exponential.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> DensityDerivative(DensityActivation activation, Vector256<float> raw) => activation == DensityActivation.Softplus
        ? Sigmoid(raw)
        : Vector256.Exp(Vector256.Min(raw, Vector256.Create(LargestGradientExponent)));

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) =>
        Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(Vector256.Min(-x, Vector256.Create(LargestExponent))));
}
