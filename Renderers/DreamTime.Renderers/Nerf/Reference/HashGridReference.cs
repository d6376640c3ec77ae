namespace DreamTime.Renderers;

/// <summary>The hash grid as its definition reads, in double: eight corners, three linear weights.</summary>
internal static class HashGridReference
{
    /// <summary>The two features of a level at one point of the unit cube.</summary>
    public static (double Feature0, double Feature1) Encode(HashGridLayout.Level level, double[] table, double x, double y, double z)
    {
        var (feature0, feature1) = (0.0, 0.0);
        foreach (var (entry, weight) in Corners(level, x, y, z))
        {
            feature0 += weight * table[2 * entry];
            feature1 += weight * table[2 * entry + 1];
        }

        return (feature0, feature1);
    }

    /// <summary>Adds the gradient of the table at one point.</summary>
    public static void Backward(HashGridLayout.Level level, double x, double y, double z, double gradient0, double gradient1, double[] tableGradient)
    {
        foreach (var (entry, weight) in Corners(level, x, y, z))
        {
            tableGradient[2 * entry] += weight * gradient0;
            tableGradient[2 * entry + 1] += weight * gradient1;
        }
    }

    /// <summary>How the two features of a level change along an axis, per side of the unit cube.</summary>
    public static (double Feature0, double Feature1) Slope(HashGridLayout.Level level, double[] table, double[] at, int axis)
    {
        double[] near = [.. at], far = [.. at];
        var (cell, _) = Cell(at[axis], level.Resolution);
        // Within the cell the features are linear along each axis: any two of its points tell the slope.
        (near[axis], far[axis]) = ((cell + 0.25) / level.Resolution, (cell + 0.75) / level.Resolution);
        var (near0, near1) = Encode(level, table, near[0], near[1], near[2]);
        var (far0, far1) = Encode(level, table, far[0], far[1], far[2]);
        return (2 * level.Resolution * (far0 - near0), 2 * level.Resolution * (far1 - near1));
    }

    private static IEnumerable<(int Entry, double Weight)> Corners(HashGridLayout.Level level, double x, double y, double z)
    {
        var (cellX, fx) = Cell(x, level.Resolution);
        var (cellY, fy) = Cell(y, level.Resolution);
        var (cellZ, fz) = Cell(z, level.Resolution);
        for (var dz = 0; dz <= 1; dz++)
            for (var dy = 0; dy <= 1; dy++)
                for (var dx = 0; dx <= 1; dx++)
                    yield return (
                        level.Offset + level.Row(cellY + dy, cellZ + dz) + cellX + dx,
                        (dx == 1 ? fx : 1 - fx) * (dy == 1 ? fy : 1 - fy) * (dz == 1 ? fz : 1 - fz));
    }

    private static (int Cell, double Fraction) Cell(double position, int resolution)
    {
        var cell = Math.Min((int)(position * resolution), resolution - 1);
        return (cell, position * resolution - cell);
    }
}
