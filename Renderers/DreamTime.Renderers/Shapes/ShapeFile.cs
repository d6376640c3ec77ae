using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Reads the triangles of a file, whose own axes become the world's.</summary>
public static class ShapeFile
{
    /// <summary>A file larger than this is refused.</summary>
    public const long MostBytes = 1L << 30;

    /// <summary>Reads a mesh.</summary>
    /// <param name="path">
    /// <c>.obj</c> and <c>.glb</c> (y up, front +z), <c>.ply</c> and <c>.stl</c> (z up, front +x, as this program writes them), or <c>.npz</c> of a body model, with vertices in <c>v_template</c> or
    /// <c>vertices</c> and triangles in <c>f</c> or <c>faces</c> (y up, front +z).
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, too large, or has no triangle; the message says where.</exception>
    /// <exception cref="ArgumentException">The ending is none of these.</exception>
    public static TriangleShape Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Func<Stream, TriangleShape> read = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".obj" => ObjReader.Read,
            ".glb" => GlbReader.Read,
            ".ply" => PlyReader.Read,
            ".stl" => StlReader.Read,
            ".npz" => NpzReader.Read,
            var ending => throw new ArgumentException($"A mesh's file ends in .obj, .glb, .ply, .stl or .npz, not in '{ending}'.", nameof(path)),
        };
        using var stream = File.OpenRead(path);
        if (stream.Length > MostBytes)
            throw new InvalidDataException($"'{path}' has {stream.Length} bytes; a mesh of at most {MostBytes} is read.");

        try
        {
            return read(stream);
        }
        catch (EndOfStreamException damaged)
        {
            throw new InvalidDataException($"'{path}' ends too early: it is cut off.", damaged);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"'{path}': {damaged.Message}", damaged);
        }
    }

    /// <summary>From axes with y up and the front at +z to the world's.</summary>
    internal static Vector3 FromYUp(Vector3 position) => new(position.Z, position.X, position.Y);
}
