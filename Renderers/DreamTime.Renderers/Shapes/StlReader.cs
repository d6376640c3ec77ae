using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>STL: binary (80 bytes, a count, and 50 bytes a triangle), or text that begins with the word solid. Corners are not shared.</summary>
internal static class StlReader
{
    private const int Header = 84, Triangle = 50;

    public static TriangleShape Read(Stream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);

        // The length decides: there are binary files whose header begins with the word of text files.
        var claimed = bytes.Length < Header ? -1 : Header + (long)Triangle * BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(80));
        if (claimed == bytes.Length)
            return Binary(bytes);
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("solid"u8))
            return Text(bytes);
        if (bytes.Length < Header)
            throw new InvalidDataException($"a binary STL has at least {Header} bytes, this one {bytes.Length}; and a text STL begins with the word solid.");
        throw new InvalidDataException($"a binary STL of {(claimed - Header) / Triangle} triangles has {claimed} bytes, this one {bytes.Length}; and a text STL begins with the word solid.");
    }

    private static TriangleShape Binary(byte[] bytes)
    {
        var count = (bytes.Length - Header) / Triangle;
        var positions = new Vector3[3 * count];
        for (var v = 0; v < positions.Length; v++)
        {
            // Behind the normal of each triangle.
            var at = bytes.AsSpan(Header + v / 3 * Triangle + 12 + v % 3 * 12);
            positions[v] = new Vector3(
                BinaryPrimitives.ReadSingleLittleEndian(at), BinaryPrimitives.ReadSingleLittleEndian(at[4..]), BinaryPrimitives.ReadSingleLittleEndian(at[8..]));
        }

        return Shape(positions);
    }

    private static TriangleShape Text(byte[] bytes)
    {
        var positions = new List<Vector3>();
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.Latin1);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["vertex" or "VERTEX", var x, var y, var z]:
                    positions.Add(new Vector3(Coordinate(x, number), Coordinate(y, number), Coordinate(z, number)));
                    break;
                case ["endloop" or "ENDLOOP"] when positions.Count % 3 != 0:
                    throw new InvalidDataException($"line {number}: a loop of a text STL has three corners.");
                case [] or [("solid" or "facet" or "outer" or "endloop" or "endfacet" or "endsolid" or "SOLID" or "FACET" or "OUTER" or "ENDLOOP" or "ENDFACET" or "ENDSOLID"), ..]:
                    break;
                default:
                    throw new InvalidDataException($"line {number} begins with none of the words of a text STL.");
            }
        }

        return Shape(positions);
    }

    private static TriangleShape Shape(IReadOnlyCollection<Vector3> positions) => new([.. positions], [.. Enumerable.Range(0, positions.Count)]);

    private static float Coordinate(string word, int line) =>
        float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"line {line}: a vertex has three finite coordinates.");
}
