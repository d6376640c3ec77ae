namespace DreamTime.Renderers;

/// <summary>
/// Chooses the density whose surface has the silhouettes that the field renders. Along every grid line of the three axes the field has an opacity,
/// 1 - exp(-integral of density), and a peak; a surface at threshold s covers the line where the peak is above s. The threshold is the one that covers opaque
/// lines and leaves transparent ones free, each counted by how far its opacity lies from one half. So it follows from what the images show, at whatever
/// scale a field's densities are, where a fixed number or the mean of the densities follows from how much of the volume happens to be fog.
/// </summary>
internal static class SilhouetteThreshold
{
    /// <summary>The threshold, per metre.</summary>
    /// <exception cref="NoSurfaceException">No choice is better than covering no line, or all of them.</exception>
    public static float Find(DensityGrid grid)
    {
        var lines = Lines(grid);
        Array.Sort(lines, (a, b) => b.Peak.CompareTo(a.Peak));

        var (covered, agreement, best) = (0, 0.0, 0.0);
        for (var i = 0; i < lines.Length; i++)
        {
            agreement += 2 * lines[i].Opacity - 1;
            var nextIsLower = i + 1 == lines.Length || lines[i + 1].Peak < lines[i].Peak;
            if (nextIsLower && agreement > best)
                (covered, best) = (i + 1, agreement);
        }

        if (covered == 0)
            throw new NoSurfaceException(FormattableString.Invariant($"the field is nearly transparent; along its most opaque line the opacity is {lines.Max(line => line.Opacity):F3}."));
        if (covered == lines.Length)
            throw new NoSurfaceException("the field is opaque along every line, it fills its whole volume.");

        var (above, below) = (lines[covered - 1].Peak, lines[covered].Peak);
        return below > 0 ? MathF.Sqrt(above) * MathF.Sqrt(below) : above / 2;
    }

    private static (float Peak, double Opacity)[] Lines(DensityGrid grid)
    {
        var points = grid.Points;
        var lines = new (float Peak, double Opacity)[3 * points * points];
        int[] strides = [1, points, points * points];
        Parallel.For(0, lines.Length, line =>
        {
            var axis = line / (points * points);
            var (u, v) = (line % points, line / points % points);
            var start = u * strides[(axis + 1) % 3] + v * strides[(axis + 2) % 3];
            var (peak, sum) = (0f, 0.0);
            for (var i = 0; i < points; i++)
            {
                var density = Math.Max(0, grid.Values[start + i * strides[axis]]);
                peak = Math.Max(peak, density);
                sum += density;
            }
            lines[line] = (peak, 1 - Math.Exp(-sum * grid.Spacing));
        });
        return lines;
    }
}
