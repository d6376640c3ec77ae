using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A picture of a field's colours on a surface, and where on it each triangle lies.</summary>
/// <param name="Atlas">The surface, laid flat.</param>
/// <param name="BaseColor">Display (sRGB) colours, a square.</param>
public sealed record BakedTexture(UvAtlas Atlas, Picture BaseColor)
{
    /// <summary>The rest of the material, where the field has one; else null.</summary>
    public MaterialMaps? Maps { get; init; }

    /// <summary>
    /// Asks the field for the colour at every texel's place on the surface. Texels that no triangle covers take the colour of the nearest that one does, so that
    /// neither filtering nor mipmaps let another colour in at the cuts.
    /// </summary>
    /// <param name="field">What has the colours.</param>
    /// <param name="mesh">The surface.</param>
    /// <param name="atlas">The surface, laid flat; of this mesh.</param>
    /// <param name="size">Width and height in texels, 16..16384.</param>
    /// <param name="depth">How far below the surface to ask, in metres: where the views have seen the colour.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="ArgumentException">The atlas is another mesh's, or the field answers with a value that is not finite; the message says where.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside its range.</exception>
    public static BakedTexture Bake(IDensityField field, Mesh mesh, UvAtlas atlas, int size, float depth, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(mesh);
        ArgumentNullException.ThrowIfNull(atlas);
        if (size is < 16 or > 16384)
            throw new ArgumentOutOfRangeException(nameof(size), size, "A texture is 16 to 16384 texels wide.");
        if (atlas.Triangles.Length != mesh.Triangles.Length)
            throw new ArgumentException($"The atlas lays out {atlas.Triangles.Length / 3} triangles, the mesh has {mesh.TriangleCount}.", nameof(atlas));

        var texels = TexelGrid.Of(mesh, atlas, size, depth);
        var colors = new Vector3[texels.Count];
        field.Query(texels.Positions, new float[texels.Count], colors);
        cancellation.ThrowIfCancellationRequested();
        for (var i = 0; i < colors.Length; i++)
        {
            if (!float.IsFinite(colors[i].LengthSquared()))
                throw new ArgumentException(FormattableString.Invariant($"The colour at {texels.Positions[i]} is {colors[i]}, which is not finite."), nameof(field));
        }

        var (plane, nearest) = (size * size, texels.Nearest());
        var color = new float[3 * plane];
        for (var texel = 0; texel < plane; texel++)
        {
            var value = Vector3.Clamp(colors[nearest[texel]], Vector3.Zero, Vector3.One);
            (color[texel], color[plane + texel], color[2 * plane + texel]) = (value.X, value.Y, value.Z);
        }
        return new BakedTexture(atlas, new Picture(color, size, size))
        {
            Maps = field is IMaterialField { HasMaterial: true } material ? MaterialMaps.Bake(material, mesh, atlas, texels, size) : null,
        };
    }
}
