namespace DreamTime.Renderers;

/// <summary>
/// The inside of an object that no view sees. Nothing trains a field there, so its densities are arbitrary, and a surface taken through them is a sponge
/// that costs more triangles than the object.
/// </summary>
internal static class HiddenInterior
{
    /// <summary>Optical depth behind which half of the light is left: the opacity that makes a silhouette.</summary>
    private static readonly double Dark = Math.Log(2);

    /// <summary>Adds the grid points that light from none of the six directions along the axes reaches, where what is inside absorbs and the rest is air.</summary>
    /// <param name="grid">The densities.</param>
    /// <param name="inside">Which grid points count as inside; changed.</param>
    public static void Fill(DensityGrid grid, bool[] inside)
    {
        var points = grid.Points;
        var lit = new bool[inside.Length];
        int[] strides = [1, points, points * points];
        for (var axis = 0; axis < 3; axis++)
        {
            var (along, u, v) = (strides[axis], strides[(axis + 1) % 3], strides[(axis + 2) % 3]);
            Parallel.For(0, points * points, line =>
            {
                var first = line % points * u + line / points * v;
                Light(grid, inside, lit, first, along);
                Light(grid, inside, lit, first + (points - 1) * along, -along);
            });
        }

        for (var i = 0; i < inside.Length; i++)
            inside[i] |= !lit[i];
    }

    private static void Light(DensityGrid grid, bool[] inside, bool[] lit, int point, int stride)
    {
        var depth = 0.0;
        for (var i = 0; i < grid.Points && depth < Dark; i++, point += stride)
        {
            lit[point] = true;
            depth += inside[point] ? grid.Values[point] * grid.Spacing : 0;
        }
    }
}
