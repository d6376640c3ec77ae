using System.Runtime.InteropServices;

namespace DreamTime.Renderers;

/// <summary>The state of Gaussians as bytes: a signature, their count and degree, the step, the arrays as little-endian floats, and a closing mark.</summary>
internal static class SplatState
{
    private const string Signature = "DreamTime splats 1", End = "end";

    public static void Write(Stream stream, Gaussians gaussians, int steps, float[] pull, int[] seen)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Signature);
        writer.Write(gaussians.HarmonicsDegree);
        writer.Write(gaussians.Count);
        writer.Write(steps);
        foreach (var array in gaussians.Groups.SelectMany(group => group.Arrays))
            writer.Write(MemoryMarshal.AsBytes(array.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(pull.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(seen.AsSpan()));
        writer.Write(End);
    }

    /// <summary>Fills the Gaussians, or leaves them as they are and says why.</summary>
    public static (int Steps, float[] Pull, int[] Seen) Read(Stream stream, Gaussians gaussians)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            Expect("signature", Signature, reader.ReadString());
            Expect("degree of harmonics", gaussians.HarmonicsDegree, reader.ReadInt32());
            var count = reader.ReadInt32();
            if (count is < 1 or > 10_000_000)
                throw new InvalidDataException($"The splats' state has {count} Gaussians; 1 to 10,000,000 were expected.");

            var steps = reader.ReadInt32();
            var arrays = gaussians.Groups.SelectMany(group => Enumerable.Range(0, 4).Select(_ => Floats(reader, group.Width * count))).ToArray();
            var (pull, seen) = (Floats(reader, count), MemoryMarshal.Cast<float, int>(Floats(reader, count)).ToArray());
            Expect("closing mark", End, reader.ReadString());
            gaussians.Replace(count, arrays);
            return (steps, pull, seen);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The splats' state ends too early: it is cut off.", e);
        }
    }

    private static float[] Floats(BinaryReader reader, int count)
    {
        var array = new float[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }

    private static void Expect<T>(string what, T expected, T found)
    {
        if (!Equals(expected, found))
            throw new InvalidDataException($"The splats' state has {what} {found} where {expected} was expected.");
    }
}
