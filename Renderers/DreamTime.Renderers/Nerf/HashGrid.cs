using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// Trilinear look-up in one level of a hash grid, and its transpose. Eight points at a time share the index arithmetic;
/// each point then needs four loads, one for each edge of its cell along x.
/// Positions are in the unit cube; points come as planes x, y, z; features go to two planes. Counts are multiples of 8.
/// </summary>
internal static unsafe class HashGrid
{
    /// <summary>Writes both features of the level for points [start, end).</summary>
    public static void Encode(HashGridLayout.Level level, float* table, float* x, float* y, float* z, int start, int end, float* feature0, float* feature1)
    {
        float* fraction = stackalloc float[8], weights = stackalloc float[4 * 8];
        var rows = stackalloc int[4 * 8];
        var entries = table + 2 * level.Offset;
        for (var p = start; p < end; p += 8)
        {
            Locate(level, x + p, y + p, z + p, fraction, weights, rows);
            for (var i = 0; i < 8; i++)
            {
                // Lanes: both features at the edge's lower end, then at its upper end.
                var edge = Vector128.Load(entries + rows[i]) * weights[i];
                edge = Vector128.MultiplyAddEstimate(Vector128.Load(entries + rows[8 + i]), Vector128.Create(weights[8 + i]), edge);
                edge = Vector128.MultiplyAddEstimate(Vector128.Load(entries + rows[16 + i]), Vector128.Create(weights[16 + i]), edge);
                edge = Vector128.MultiplyAddEstimate(Vector128.Load(entries + rows[24 + i]), Vector128.Create(weights[24 + i]), edge);
                var upper = Vector128.Shuffle(edge, Vector128.Create(2, 3, 2, 3));
                var value = Vector128.MultiplyAddEstimate(upper - edge, Vector128.Create(fraction[i]), edge);
                feature0[p + i] = value.ToScalar();
                feature1[p + i] = value.GetElement(1);
            }
        }
    }

    /// <summary>Adds to the table's gradient what the gradients of both features of the level are, for points [start, end).</summary>
    public static void Backward(HashGridLayout.Level level, float* x, float* y, float* z, int start, int end, float* gradient0, float* gradient1, float* tableGradient)
    {
        float* fraction = stackalloc float[8], weights = stackalloc float[4 * 8], ends = stackalloc float[4 * 8];
        var rows = stackalloc int[4 * 8];
        var entries = tableGradient + 2 * level.Offset;
        for (var p = start; p < end; p += 8)
        {
            Locate(level, x + p, y + p, z + p, fraction, weights, rows);
            var (f, g0, g1) = (Vector256.Load(fraction), Vector256.Load(gradient0 + p), Vector256.Load(gradient1 + p));
            (g0 - g0 * f).Store(ends);
            (g1 - g1 * f).Store(ends + 8);
            (g0 * f).Store(ends + 16);
            (g1 * f).Store(ends + 24);
            for (var i = 0; i < 8; i++)
            {
                var edge = Vector128.Create(ends[i], ends[8 + i], ends[16 + i], ends[24 + i]);
                Add(entries + rows[i], edge, weights[i]);
                Add(entries + rows[8 + i], edge, weights[8 + i]);
                Add(entries + rows[16 + i], edge, weights[16 + i]);
                Add(entries + rows[24 + i], edge, weights[24 + i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* entry, Vector128<float> edge, float weight) =>
        Vector128.MultiplyAddEstimate(edge, Vector128.Create(weight), Vector128.Load(entry)).Store(entry);

    /// <summary>
    /// For 8 points: the fraction along x within the cell; and for the cell's four edges along x, the weight [4][8] and the table index of the lower end [4][8].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Locate(HashGridLayout.Level level, float* x, float* y, float* z, float* fraction, float* weights, int* rows)
    {
        var (cellX, fx) = Cell(Vector256.Load(x), level.Resolution);
        var (cellY, fy) = Cell(Vector256.Load(y), level.Resolution);
        var (cellZ, fz) = Cell(Vector256.Load(z), level.Resolution);
        fx.Store(fraction);
        var (gy, gz) = (Vector256<float>.One - fy, Vector256<float>.One - fz);
        (gy * gz).Store(weights);
        (fy * gz).Store(weights + 8);
        (gy * fz).Store(weights + 16);
        (fy * fz).Store(weights + 24);

        if (level.IsDense)
        {
            var side = level.Resolution + 1;
            var row = (cellZ * side + cellY) * side + cellX;
            (row << 1).Store(rows);
            (row + Vector256.Create(side) << 1).Store(rows + 8);
            (row + Vector256.Create(side * side) << 1).Store(rows + 16);
            (row + Vector256.Create(side * side + side) << 1).Store(rows + 24);
        }
        else
        {
            var (hashY, hashZ) = (cellY * unchecked((int)HashGridLayout.PrimeY), cellZ * unchecked((int)HashGridLayout.PrimeZ));
            var nextY = hashY + Vector256.Create(unchecked((int)HashGridLayout.PrimeY));
            var nextZ = hashZ + Vector256.Create(unchecked((int)HashGridLayout.PrimeZ));
            var mask = Vector256.Create(level.Mask);
            (((hashY ^ hashZ) & mask) + cellX << 1).Store(rows);
            (((nextY ^ hashZ) & mask) + cellX << 1).Store(rows + 8);
            (((hashY ^ nextZ) & mask) + cellX << 1).Store(rows + 16);
            (((nextY ^ nextZ) & mask) + cellX << 1).Store(rows + 24);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Cell, Vector256<float> Fraction) Cell(Vector256<float> position, int resolution)
    {
        var scaled = position * resolution;
        var cell = Vector256.Min(Vector256.ConvertToInt32(scaled), Vector256.Create(resolution - 1));
        return (cell, scaled - Vector256.ConvertToSingle(cell));
    }
}
