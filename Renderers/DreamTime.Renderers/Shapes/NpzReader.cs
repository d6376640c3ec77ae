using System.IO.Compression;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A body model such as SMPL as NumPy's NPZ: a zip of arrays, of which the vertices at rest and the triangles are read, and nothing else.</summary>
internal static class NpzReader
{
    public static TriangleShape Read(Stream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var vertices = Array(archive, "v_template", "vertices");
        var faces = Array(archive, "f", "faces");
        var positions = new Vector3[vertices.Shape[0]];
        for (var v = 0; v < positions.Length; v++)
            positions[v] = ShapeFile.FromYUp(new Vector3((float)vertices.Values[3 * v], (float)vertices.Values[3 * v + 1], (float)vertices.Values[3 * v + 2]));
        return new TriangleShape([.. positions], [.. faces.Values.Select(index => index >= 0 && index < positions.Length && index == Math.Floor(index)
            ? (int)index
            : throw new InvalidDataException(FormattableString.Invariant($"a face names vertex {index} of {positions.Length}.")))]);
    }

    private static NpyArray Array(ZipArchive archive, params string[] names)
    {
        var entry = names.Select(name => archive.GetEntry($"{name}.npy")).FirstOrDefault(found => found is not null)
            ?? throw new InvalidDataException($"there is no array {string.Join(" or ", names)}; there are {string.Join(", ", archive.Entries.Take(20).Select(e => e.Name))}.");
        if (entry.Length > ShapeFile.MostBytes)
            throw new InvalidDataException($"the array {entry.Name} has {entry.Length} bytes; at most {ShapeFile.MostBytes} are read.");

        // What the directory claims is checked by what there is: no more is read than that.
        var bytes = new byte[entry.Length];
        using var content = entry.Open();
        if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) != bytes.Length || content.ReadByte() >= 0)
            throw new InvalidDataException($"the array {entry.Name} has not the length that the archive claims.");

        var array = NpyArray.Read(bytes);
        return array.Shape is [_, 3] ? array : throw new InvalidDataException($"the array {entry.Name} has the shape [{string.Join(", ", array.Shape)}], not [n, 3].");
    }
}
