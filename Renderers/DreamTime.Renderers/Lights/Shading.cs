using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// How a view is lit: Lambert's law under a point light (Poole et al. 2022, DreamFusion, section 3.1). A surface's colour is its albedo, or white, times
/// ambient + diffuse max(0, normal . direction of the light).
/// </summary>
public sealed record Shading
{
    private Shading(Vector3 light, float ambient, float diffuse, bool isTextureless) =>
        (Light, Ambient, Diffuse, IsTextureless) = (light, ambient, diffuse, isTextureless);

    /// <summary>The colours as they are, without a light.</summary>
    public static Shading Albedo { get; } = new(Vector3.Zero, 1, 0, false);

    /// <summary>Where the light stands, in the world.</summary>
    public Vector3 Light { get; }

    /// <summary>The share of light that comes from everywhere, 0..1.</summary>
    public float Ambient { get; }

    /// <summary>The share of light that comes from the light, 0..1.</summary>
    public float Diffuse { get; }

    /// <summary>Whether the object is shown white: only its shape counts.</summary>
    public bool IsTextureless { get; }

    /// <summary>Nothing to compute: the image is that of the albedo.</summary>
    internal bool IsPlain => Diffuse == 0 && Ambient == 1 && !IsTextureless;

    /// <summary>The albedo under a light. DreamFusion's shares are 0.1 and 0.9; soft shading draws the diffuse one and leaves 1 less that to the ambient one.</summary>
    /// <param name="light">Where it stands; finite.</param>
    /// <param name="ambient">0..1.</param>
    /// <param name="diffuse">0..1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument leaves its range.</exception>
    public static Shading Lit(Vector3 light, float ambient = 0.1f, float diffuse = 0.9f) => Valid(light, ambient, diffuse, false);

    /// <summary>White under a light.</summary>
    /// <inheritdoc cref="Lit"/>
    public static Shading Textureless(Vector3 light, float ambient = 0.1f, float diffuse = 0.9f) => Valid(light, ambient, diffuse, true);

    /// <summary>What multiplies the albedo at a place, or white.</summary>
    /// <param name="normal">Of length 1, or 0.</param>
    /// <param name="place">In the world.</param>
    internal float Brightness(Vector3 normal, Vector3 place) => Ambient + Diffuse * MathF.Max(0, Vector3.Dot(normal, Towards(place)));

    /// <summary>The derivatives of <see cref="Brightness"/>.</summary>
    internal (Vector3 ByNormal, Vector3 ByPlace) BrightnessSlope(Vector3 normal, Vector3 place)
    {
        var towards = Towards(place);
        var cosine = Vector3.Dot(normal, towards);
        return cosine > 0
            ? (Diffuse * towards, Diffuse * (cosine * towards - normal) / Vector3.Distance(Light, place))
            : default;
    }

    /// <summary>The direction of the light; 0 in the light itself, which has none.</summary>
    private Vector3 Towards(Vector3 place)
    {
        var offset = Light - place;
        return offset == Vector3.Zero ? offset : Vector3.Normalize(offset);
    }

    private static Shading Valid(Vector3 light, float ambient, float diffuse, bool isTextureless)
    {
        if (!float.IsFinite(light.LengthSquared()))
            throw new ArgumentOutOfRangeException(nameof(light), light, "A light stands at a finite place.");
        if (!(ambient is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(ambient), ambient, "A share of light lies in 0..1.");
        if (!(diffuse is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(diffuse), diffuse, "A share of light lies in 0..1.");
        return new Shading(light, ambient, diffuse, isTextureless);
    }
}
