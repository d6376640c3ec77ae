using System.Numerics;

namespace DreamTime.Training;

/// <summary>A colour word and the display (sRGB) values around which its shades lie.</summary>
/// <param name="Name">The word captions use.</param>
/// <param name="Value">Red, green and blue in 0..1.</param>
/// <param name="Synonym">Another spelling; null where there is none.</param>
public sealed record PaletteColor(string Name, Vector3 Value, string? Synonym = null)
{
    /// <summary>A random shade: brighter or darker by up to a tenth, each channel shifted a little.</summary>
    public Vector3 Shade(RandomStream random) =>
        Vector3.Clamp(Value * random.Range(0.9f, 1.08f) + 0.03f * random.Cube(), Vector3.Zero, Vector3.One);
}

/// <summary>The colour words of the captions.</summary>
public static class Palette
{
    /// <summary>All colours, in a fixed order.</summary>
    public static IReadOnlyList<PaletteColor> Colors { get; } =
    [
        new("red", new(0.85f, 0.1f, 0.1f)),
        new("green", new(0.12f, 0.62f, 0.16f)),
        new("blue", new(0.12f, 0.25f, 0.85f)),
        new("yellow", new(0.95f, 0.85f, 0.1f)),
        new("orange", new(0.97f, 0.5f, 0.05f)),
        new("purple", new(0.5f, 0.14f, 0.68f)),
        new("pink", new(0.97f, 0.5f, 0.7f)),
        new("brown", new(0.45f, 0.26f, 0.12f)),
        new("white", new(0.96f, 0.96f, 0.95f)),
        new("black", new(0.08f, 0.08f, 0.09f)),
        new("grey", new(0.5f, 0.5f, 0.51f), "gray"),
        new("cyan", new(0.15f, 0.82f, 0.88f)),
    ];

    /// <summary>The colour with this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PaletteColor Find(string name) =>
        Colors.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"There is no colour \"{name}\".", nameof(name));
}
