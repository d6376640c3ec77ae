namespace DreamTime.Renderers;

/// <summary>A finished surface: what game engines, Blender and printers open.</summary>
/// <param name="Mesh">The surface, in metres with z up; coloured at its vertices as well, for formats that have no textures.</param>
/// <param name="Texture">Its colours as a picture; null leaves those at the vertices.</param>
public sealed record Asset(Mesh Mesh, BakedTexture? Texture)
{
    /// <summary>Takes the surface out of a field, brings it down to a budget of triangles and bakes the field's colours into a texture.</summary>
    /// <param name="field">The object.</param>
    /// <param name="surface">How the surface is found; null for the defaults.</param>
    /// <param name="options">Triangles and texture; null for the defaults.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The same asset on every run.</returns>
    /// <exception cref="NoSurfaceException">The field has no surface.</exception>
    /// <exception cref="ArgumentException">The field answers with a value that is not finite.</exception>
    /// <exception cref="AtlasTooSmallException">The surface has more pieces than the texture can keep apart.</exception>
    public static Asset Extract(
        IDensityField field, MarchingCubesOptions? surface = null, AssetOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        (surface, options) = (surface ?? new MarchingCubesOptions(), options ?? new AssetOptions());
        var own = field.Surface();
        var mesh = own is null ? MarchingCubes.Extract(field, surface, cancellation) : Floaters.Remove(own, surface.FloaterShare, surface.KeepCavities);
        if (options.Triangles is { } budget)
            mesh = Decimation.Simplify(mesh, budget, cancellation);
        if (options.TextureSize is not { } size)
            return new Asset(mesh, null);

        var atlas = UvAtlas.Unwrap(mesh, size, cancellation);
        return new Asset(mesh, BakedTexture.Bake(field, mesh, atlas, size, depth: own is null ? field.Radius / surface.Resolution : 0, cancellation));
    }

    /// <summary>Writes the asset in the format that the path's ending names.</summary>
    /// <param name="path">The file: <c>.glb</c>, <c>.obj</c>, <c>.ply</c>, <c>.stl</c> or <c>.usdz</c>. An OBJ's material and textures lie beside it.</param>
    /// <param name="name">What the object is called within.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle, or the ending is none of these.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public void Save(string path, string name = "object")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Action<Asset, string, string> save = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".glb" => Glb.Save,
            ".obj" => Obj.Save,
            ".ply" => (asset, file, _) => Ply.Save(asset.Mesh, file),
            ".stl" => (asset, file, _) => Stl.Save(asset.Mesh, file),
            ".usdz" => Usdz.Save,
            var ending => throw new ArgumentException($"An asset's file ends in .glb, .obj, .ply, .stl or .usdz, not in '{ending}'.", nameof(path)),
        };
        save(this, path, name);
    }
}
