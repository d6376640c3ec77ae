using System.Buffers.Binary;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Binary STL: 80 bytes, a count, and 50 bytes a triangle. Corners are not shared.</summary>
internal static class StlReader
{
    private const int Header = 84, Triangle = 50;

    public static TriangleShape Read(Stream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        if (bytes.Length < Header)
            throw new InvalidDataException($"a binary STL has at least {Header} bytes, this one {bytes.Length}.");

        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(80));
        if (Header + (long)Triangle * count != bytes.Length)
            throw new InvalidDataException($"a binary STL of {count} triangles has {Header + (long)Triangle * count} bytes, this one {bytes.Length}; text STL is not read.");

        var positions = new Vector3[3 * (int)count];
        for (var v = 0; v < positions.Length; v++)
        {
            // Behind the normal of each triangle.
            var at = bytes.AsSpan(Header + v / 3 * Triangle + 12 + v % 3 * 12);
            positions[v] = new Vector3(
                BinaryPrimitives.ReadSingleLittleEndian(at), BinaryPrimitives.ReadSingleLittleEndian(at[4..]), BinaryPrimitives.ReadSingleLittleEndian(at[8..]));
        }

        return new TriangleShape([.. positions], [.. Enumerable.Range(0, positions.Length)]);
    }
}
