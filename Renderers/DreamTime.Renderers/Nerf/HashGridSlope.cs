using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>The derivative of one level of a hash grid by the position: trilinear within a cell, so linear in each coordinate; it jumps from cell to cell.</summary>
internal static unsafe class HashGridSlope
{
    /// <summary>Adds to the gradients of the positions of points [start, end), in the unit cube, from the gradients of both features.</summary>
    public static void Backward(
        HashGridLayout.Level level, float* table, float* x, float* y, float* z, int start, int end, float* gradient0, float* gradient1,
        float* gradientX, float* gradientY, float* gradientZ)
    {
        var entries = table + 2 * level.Offset;
        for (var p = start; p < end; p++)
        {
            var (cellX, fx) = Cell(x[p], level.Resolution);
            var (cellY, fy) = Cell(y[p], level.Resolution);
            var (cellZ, fz) = Cell(z[p], level.Resolution);
            // Lanes: both features at an edge's lower end along x, then at its upper end.
            var near = Vector128.Load(entries + 2 * (level.Row(cellY, cellZ) + cellX));
            var next = Vector128.Load(entries + 2 * (level.Row(cellY + 1, cellZ) + cellX));
            var far = Vector128.Load(entries + 2 * (level.Row(cellY, cellZ + 1) + cellX));
            var last = Vector128.Load(entries + 2 * (level.Row(cellY + 1, cellZ + 1) + cellX));
            var (low, high) = (near + (next - near) * fy, far + (last - far) * fy);
            var weights = Vector128.Create(gradient0[p] * (1 - fx), gradient1[p] * (1 - fx), gradient0[p] * fx, gradient1[p] * fx) * level.Resolution;
            var along = Vector128.Create(-gradient0[p], -gradient1[p], gradient0[p], gradient1[p]) * level.Resolution;
            gradientX[p] += Vector128.Dot(along, low + (high - low) * fz);
            gradientY[p] += Vector128.Dot(weights, (next - near) * (1 - fz) + (last - far) * fz);
            gradientZ[p] += Vector128.Dot(weights, high - low);
        }
    }

    private static (int Cell, float Fraction) Cell(float position, int resolution)
    {
        var scaled = position * resolution;
        var cell = Math.Min((int)scaled, resolution - 1);
        return (cell, scaled - cell);
    }
}
