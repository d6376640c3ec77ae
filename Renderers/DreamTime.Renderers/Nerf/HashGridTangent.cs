using System.Numerics;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// The change of a level's features along a direction, and its transpose. Within a cell the features are trilinear: along x they change by the differences of the edges' ends, along y and z
/// as the edges' weights do. Conventions are those of <see cref="HashGrid"/>; <see cref="HashGridSlope"/> has the slope by the position.
/// </summary>
internal static unsafe class HashGridTangent
{
    /// <summary>Writes, for points [start, end), the change of both features along each point's direction.</summary>
    public static void Along(
        HashGridLayout.Level level, float* table, float* x, float* y, float* z, Vector3* direction, int start, int end, float* tangent0, float* tangent1)
    {
        float* fraction = stackalloc float[8], weights = stackalloc float[4 * 8];
        var rows = stackalloc int[4 * 8];
        var entries = table + 2 * level.Offset;
        for (var p = start; p < end; p += 8)
        {
            HashGrid.Locate(level, x + p, y + p, z + p, fraction, weights, rows);
            for (var i = 0; i < 8; i++)
            {
                var sum = Vector128<float>.Zero;
                for (var k = 0; k < 4; k++)
                    sum += Vector128.Load(entries + rows[8 * k + i]) * EdgeSlope(level, direction[p + i], fraction[i], weights + i, k);
                (tangent0[p + i], tangent1[p + i]) = (sum[0] + sum[2], sum[1] + sum[3]);
            }
        }
    }

    /// <summary>Adds to the table's gradient what the gradients of <see cref="Along"/>'s results are.</summary>
    public static void Backward(
        HashGridLayout.Level level, float* x, float* y, float* z, Vector3* direction, int start, int end, float* gradient0, float* gradient1, float* tableGradient)
    {
        float* fraction = stackalloc float[8], weights = stackalloc float[4 * 8];
        var rows = stackalloc int[4 * 8];
        var entries = tableGradient + 2 * level.Offset;
        for (var p = start; p < end; p += 8)
        {
            HashGrid.Locate(level, x + p, y + p, z + p, fraction, weights, rows);
            for (var i = 0; i < 8; i++)
            {
                var gradient = Vector128.Create(gradient0[p + i], gradient1[p + i], gradient0[p + i], gradient1[p + i]);
                for (var k = 0; k < 4; k++)
                {
                    var entry = entries + rows[8 * k + i];
                    (Vector128.Load(entry) + gradient * EdgeSlope(level, direction[p + i], fraction[i], weights + i, k)).Store(entry);
                }
            }
        }
    }

    /// <summary>How the shares of an edge's lower end (lanes 0 and 1) and upper end (lanes 2 and 3) change along a direction.</summary>
    private static Vector128<float> EdgeSlope(HashGridLayout.Level level, Vector3 direction, float f, float* weights, int edge)
    {
        var (fy, fz) = (weights[8] + weights[24], weights[16] + weights[24]);
        var (alongY, alongZ) = edge switch
        {
            0 => (fz - 1, fy - 1),
            1 => (1 - fz, -fy),
            2 => (-fz, 1 - fy),
            _ => (fz, fy),
        };
        var change = direction.Y * alongY + direction.Z * alongZ;
        var across = direction.X * weights[8 * edge];
        var (lower, upper) = (level.Resolution * (change * (1 - f) - across), level.Resolution * (change * f + across));
        return Vector128.Create(lower, lower, upper, upper);
    }
}
