using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The colour of a metallic-rough surface (glTF's model) under an environment: diffuse light over the cosine, and the light that its roughness mixes around the mirrored
/// direction times the share that it reflects (split sum, Karis 2013, with the fit of Karis 2014 for that share).
/// </summary>
internal static class PbrModel
{
    /// <summary>Where the material's numbers stand: albedo, then these, then three of the bump.</summary>
    public const int Metallic = 3, Roughness = 4, Bump = 5, Channels = 8;

    /// <summary>Display values are linear ones to 1 / this.</summary>
    private const float Gamma = 2.2f;

    /// <summary>The most that a bump leans the normal, as a tangent.</summary>
    private const float BumpSize = 0.5f;

    /// <summary>The ranges that threestudio leaves a material: a mirror, or a metal through and through, has no gradient.</summary>
    private const float LargestMetallic = 0.9f, LeastRoughness = 0.08f, RoughnessRange = 0.82f;

    /// <summary>Metallic, of the material's number for it.</summary>
    public static float MetallicOf(float number) => LargestMetallic * number;

    /// <summary>Roughness, of the material's number for it.</summary>
    public static float RoughnessOf(float number) => LeastRoughness + RoughnessRange * number;

    /// <summary>The normal, leant by the bump (0..1 each, 0.5 leaves it), of length 1.</summary>
    public static (T X, T Y, T Z) Normal<T>(T x, T y, T z, ReadOnlySpan<T> bump) where T : struct, IDifferentiable<T>
    {
        (x, y, z) = Normalized(x, y, z);
        T Lean(T number) => BumpSize * (2f * number - 1f);
        return Normalized(x + Lean(bump[0]), y + Lean(bump[1]), z + Lean(bump[2]));
    }

    /// <summary>The display colour.</summary>
    /// <param name="light">Around.</param>
    /// <param name="material"><see cref="Channels"/> numbers, 0..1 each.</param>
    /// <param name="normal">Of any length but 0.</param>
    /// <param name="toCamera">Of length 1.</param>
    /// <param name="color">Receives red, green and blue.</param>
    public static void Color<T>(EnvironmentLight light, ReadOnlySpan<T> material, (T X, T Y, T Z) normal, Vector3 toCamera, Span<T> color) where T : struct, IDifferentiable<T>
    {
        var n = Normal(normal.X, normal.Y, normal.Z, material[Bump..]);
        var facing = n.X * toCamera.X + n.Y * toCamera.Y + n.Z * toCamera.Z;
        var mirrored = (X: 2f * facing * n.X - toCamera.X, Y: 2f * facing * n.Y - toCamera.Y, Z: 2f * facing * n.Z - toCamera.Z);
        T metallic = LargestMetallic * material[Metallic], roughness = LeastRoughness + RoughnessRange * material[Roughness];
        var alpha = roughness * roughness;
        T sharpness = 1f / (2f * alpha * alpha);
        var (scale, bias) = Reflected(roughness, T.Max(facing, 0.05f));
        for (var channel = 0; channel < 3; channel++)
        {
            var albedo = Power(T.Max(material[channel], 1e-3f), Gamma);
            T atNormal = 0.04f * (1f - metallic) + albedo * metallic;
            var diffuse = Diffuse(light, n, channel);
            var specular = Specular(light, mirrored, sharpness, channel);
            T linear = albedo * (1f - metallic) * diffuse + (atNormal * scale + bias) * specular;
            color[channel] = T.Min(Power(T.Max(linear, 1e-4f), 1 / Gamma), 1f);
        }
    }

    /// <summary>Irradiance over pi: what a white diffuse surface sends back. The clamped cosine is taken as a spherical Gaussian for the lamps.</summary>
    public static T Diffuse<T>(EnvironmentLight light, (T X, T Y, T Z) normal, int channel) where T : struct, IDifferentiable<T>
    {
        const float cosineSharpness = 2.133f, cosineSize = 1.17f;
        var (sky, ground) = (light.Sky[channel], light.Ground[channel]);
        T sum = (sky + ground) / 2 + (sky - ground) / 3 * normal.Z;
        foreach (var lamp in light.Lamps)
            sum += cosineSize / MathF.PI * lamp.Radiance[channel] * Product(lamp, normal, cosineSharpness);
        return sum;
    }

    /// <summary>The light around a direction, averaged with weights exp(sharpness (cos - 1)).</summary>
    public static T Specular<T>(EnvironmentLight light, (T X, T Y, T Z) direction, T sharpness, int channel) where T : struct, IDifferentiable<T>
    {
        var (sky, ground) = (light.Sky[channel], light.Ground[channel]);
        T rest = T.Exp(-2f * sharpness);
        // The mean cosine: coth(s) - 1/s.
        T cosine = (1f + rest) / (1f - rest) - 1f / sharpness;
        T sum = (sky + ground) / 2 + (sky - ground) / 2 * cosine * direction.Z;
        T weights = 2 * MathF.PI * (1f - rest) / sharpness;
        foreach (var lamp in light.Lamps)
            sum += lamp.Radiance[channel] * Product(lamp, direction, sharpness) / weights;
        return sum;
    }

    /// <summary>The integral over the sphere of a lamp's shape times exp(sharpness (cos - 1)) around a direction: 2 pi (e^(u-a-b) - e^(-u-a-b)) / u, u = |a p + b q|.</summary>
    private static T Product<T>(EnvironmentLamp lamp, (T X, T Y, T Z) direction, T sharpness) where T : struct, IDifferentiable<T>
    {
        T x = sharpness * direction.X + lamp.Sharpness * lamp.Direction.X;
        T y = sharpness * direction.Y + lamp.Sharpness * lamp.Direction.Y;
        T z = sharpness * direction.Z + lamp.Sharpness * lamp.Direction.Z;
        var u = T.Sqrt(T.Max(x * x + y * y + z * z, 1e-6f));
        T sum = sharpness + lamp.Sharpness;
        return 2 * MathF.PI * (T.Exp(u - sum) - T.Exp(-1f * u - sum)) / u;
    }

    /// <summary>The reflected share is scale times the share at right angles plus bias.</summary>
    private static (T Scale, T Bias) Reflected<T>(T roughness, T facing) where T : struct, IDifferentiable<T>
    {
        T x = 1f - roughness, y = 0.0425f - 0.0275f * roughness, z = 1.04f - 0.572f * roughness, w = 0.022f * roughness - 0.04f;
        T grazing = T.Min(x * x, T.Exp(-6.4324f * facing)) * x + y;
        return (z - 1.04f * grazing, w + 1.04f * grazing);
    }

    private static T Power<T>(T value, float exponent) where T : struct, IDifferentiable<T> => T.Exp(exponent * T.Log(value));

    private static (T X, T Y, T Z) Normalized<T>(T x, T y, T z) where T : struct, IDifferentiable<T>
    {
        var length = T.Sqrt(T.Max(x * x + y * y + z * z, 1e-12f));
        return (x / length, y / length, z / length);
    }
}
