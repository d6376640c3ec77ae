namespace DreamTime.Renderers;

/// <summary>What becomes of a field's surface. The defaults are for game engines.</summary>
public sealed record AssetOptions
{
    /// <summary>The most triangles, at least 4; null leaves all that the surface was found with.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 4.</exception>
    public int? Triangles
    {
        get;
        init => field = value is null or >= 4
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Triangles), value, "A closed surface has at least 4 triangles.");
    } = 20_000;

    /// <summary>Width and height of the texture in texels, 16..16384; null colours the vertices instead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int? TextureSize
    {
        get;
        init => field = value is null or (>= 16 and <= 16384)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TextureSize), value, "A texture is 16 to 16384 texels wide.");
    } = 1024;
}
