using System.Globalization;
using System.Numerics;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>An asset as a Wavefront OBJ file, with its material (<c>.mtl</c>) and its textures (<c>.png</c>) beside it under the same name.</summary>
public static class Obj
{
    /// <summary>
    /// Writes textures, material and mesh, in this order, so that a mesh is never there without what it refers to. y is up and fronts face +z, as programs that read
    /// OBJ expect: (x, y, z) becomes (y, z, x). One unit is a metre. Where there are maps of the material, they stand in the words that most programs read: map_Pr, map_Pm, norm. Without a texture the display colours stand behind the positions, which most programs read.
    /// The same asset gives the same bytes.
    /// </summary>
    /// <param name="asset">At least one triangle.</param>
    /// <param name="path">The OBJ file.</param>
    /// <param name="name">The object's name.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(Asset asset, string path, string name = "object")
    {
        ArgumentNullException.ThrowIfNull(asset);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        asset.Mesh.DemandTriangles();
        var materialFile = Path.ChangeExtension(path, ".mtl");
        if (asset.Texture is { } texture)
        {
            var material = new StringBuilder("# DreamTime.Fs\nnewmtl surface\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum 1\n");
            if (texture.Maps is not null)
                material.Append("Pr 1\nPm 1\n");
            foreach (var (word, ending, picture) in Textures(texture))
            {
                var file = $"{Path.ChangeExtension(path, null)}{ending}";
                ImageFile.SavePng(file, picture);
                material.Append(CultureInfo.InvariantCulture, $"{word} {Path.GetFileName(file)}\n");
            }

            AtomicFile.Write(materialFile, stream => stream.Write(Encoding.UTF8.GetBytes(material.ToString())));
        }
        var text = Text(asset, Path.GetFileName(materialFile), OneWord(name));
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>How the files of textures end, whichever of them there are.</summary>
    public static IReadOnlyList<string> TextureEndings { get; } = [".png", "_roughness.png", "_metallic.png", "_normal.png"];

    private static (string Word, string Ending, Picture Picture)[] Textures(BakedTexture texture)
    {
        (string, string, Picture)[] color = [("map_Kd", TextureEndings[0], texture.BaseColor)];
        return texture.Maps is not { } maps
            ? color
            : [.. color, ("map_Pr", TextureEndings[1], maps.Roughness), ("map_Pm", TextureEndings[2], maps.Metallic), ("norm", TextureEndings[3], maps.Normals)];
    }

    private static string Text(Asset asset, string materialFile, string name)
    {
        var (mesh, atlas) = (asset.Mesh, asset.Texture?.Atlas);
        var text = new StringBuilder("# DreamTime.Fs, y up, metres\n");
        if (atlas is not null)
            text.Append("mtllib ").Append(materialFile).Append('\n');
        text.Append("o ").Append(name).Append('\n');

        for (var v = 0; v < mesh.Positions.Length; v++)
        {
            text.Append('v');
            Append(text, Glb.FacingZ(mesh.Positions[v]));
            if (atlas is null)
                Append(text, mesh.Colors[v]);
            text.Append('\n');
        }
        foreach (var normal in mesh.Normals)
        {
            text.Append("vn");
            Append(text, Glb.FacingZ(normal)).Append('\n');
        }
        // OBJ counts v from the bottom of the image.
        foreach (var place in atlas?.Coordinates ?? [])
            text.Append(CultureInfo.InvariantCulture, $"vt {place.X} {1 - place.Y}\n");
        if (atlas is not null)
            text.Append("usemtl surface\n");

        for (var i = 0; i < mesh.Triangles.Length; i++)
        {
            var vertex = mesh.Triangles[i] + 1;
            text.Append(i % 3 == 0 ? "f " : " ");
            _ = atlas is null
                ? text.Append(CultureInfo.InvariantCulture, $"{vertex}//{vertex}")
                : text.Append(CultureInfo.InvariantCulture, $"{vertex}/{atlas.Triangles[i] + 1}/{vertex}");
            if (i % 3 == 2)
                text.Append('\n');
        }
        return text.ToString();
    }

    private static StringBuilder Append(StringBuilder text, Vector3 vector) => text.Append(CultureInfo.InvariantCulture, $" {vector.X} {vector.Y} {vector.Z}");

    /// <summary>An OBJ's line ends a name, and so does a blank.</summary>
    private static string OneWord(string name) => string.Concat(name.Select(c => char.IsWhiteSpace(c) || char.IsControl(c) ? '_' : c));
}
