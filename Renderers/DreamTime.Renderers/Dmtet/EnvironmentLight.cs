using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Light from all around, in linear radiance: a ground that turns into a sky, and lamps with soft edges. Every integral that shading needs of it has a closed form.
/// </summary>
public sealed record EnvironmentLight
{
    /// <summary>A bright sky and a large lamp above the front, from the left; a white diffuse surface that faces the lamp comes out nearly white.</summary>
    public static EnvironmentLight Studio { get; } = new()
    {
        Sky = new(0.65f),
        Ground = new(0.25f),
        Lamps = [new EnvironmentLamp(Vector3.Normalize(new(0.8f, -0.5f, 0.9f)), 12, new(1.6f, 1.55f, 1.45f)), new(Vector3.Normalize(new(-0.3f, 1, 0.2f)), 30, new(0.5f, 0.55f, 0.7f))],
    };

    /// <summary>A grey sky without shadows over a darker ground.</summary>
    public static EnvironmentLight Overcast { get; } = new() { Sky = new(1.1f, 1.15f, 1.2f), Ground = new(0.35f, 0.33f, 0.3f) };

    /// <summary>The light that a picture of everything around shows: its sky, its ground, and up to eight lamps for what is brighter.</summary>
    /// <param name="panorama">
    /// Equirectangular, twice as wide as high: above is above, its middle is what the front (+x) faces, its right is the object's right from there (-y). Display values, so that no
    /// lamp is brighter than white.
    /// </param>
    /// <exception cref="InvalidDataException">The picture is not twice as wide as high.</exception>
    public static EnvironmentLight Of(Picture panorama)
    {
        ArgumentNullException.ThrowIfNull(panorama);
        return Math.Abs(panorama.Width - 2 * panorama.Height) <= 0.02 * panorama.Width
            ? EnvironmentFit.Of(panorama)
            : throw new InvalidDataException($"A picture of everything around is twice as wide as high, not {panorama.Width} x {panorama.Height}.");
    }

    /// <summary>Radiance from straight above (+z), each at least 0.</summary>
    public Vector3 Sky { get; init; } = Vector3.One;

    /// <summary>Radiance from straight below, each at least 0; between them it changes linearly with the sine of the elevation.</summary>
    public Vector3 Ground { get; init; } = Vector3.One;

    /// <summary>Lamps, whose light is added.</summary>
    public IReadOnlyList<EnvironmentLamp> Lamps { get; init; } = [];

    /// <summary>Says what is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A radiance is negative or not finite.</exception>
    public void Validate()
    {
        foreach (var (name, radiance) in (ReadOnlySpan<(string, Vector3)>)[(nameof(Sky), Sky), (nameof(Ground), Ground)])
            EnvironmentLamp.Demand(name, radiance);
        foreach (var lamp in Lamps)
            lamp.Validate();
    }
}
