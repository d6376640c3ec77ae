using System.Numerics;

namespace DreamTime.Training;

/// <summary>Vector arithmetic on flat arrays.</summary>
internal static class FlatVector
{
    /// <summary>Adds a vector to another one, in place.</summary>
    public static void Add(Span<float> to, ReadOnlySpan<float> from)
    {
        var k = 0;
        for (; k <= to.Length - Vector<float>.Count; k += Vector<float>.Count)
            (new Vector<float>(to[k..]) + new Vector<float>(from[k..])).CopyTo(to[k..]);
        for (; k < to.Length; k++)
            to[k] += from[k];
    }

    /// <summary>The sum of squares, gathered in double in blocks of 1,024.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var total = 0.0;
        while (!values.IsEmpty)
        {
            var block = values[..Math.Min(1024, values.Length)];
            values = values[block.Length..];
            var lanes = Vector<float>.Zero;
            var k = 0;
            for (; k <= block.Length - Vector<float>.Count; k += Vector<float>.Count)
            {
                var part = new Vector<float>(block[k..]);
                lanes += part * part;
            }
            total += Vector.Sum(lanes);
            for (; k < block.Length; k++)
                total += block[k] * block[k];
        }
        return total;
    }
}
