namespace DreamTime.Renderers;

/// <summary>
/// What each pixel of a view shows at its centre: the nearest triangle, and where on it. Of equally near triangles the first one counts, so that the result does not
/// depend on the threads; triangles that share an edge leave no gap between them, since both see it by the same numbers.
/// </summary>
internal sealed class VisibleSurface
{
    /// <summary>No triangle.</summary>
    public const int None = -1;

    public VisibleSurface(ProjectedSurface projected, int height, int width, ParallelOptions parallel)
    {
        (Projected, Height, Width) = (projected, height, width);
        (Triangle, Depth) = (new int[height * width], new float[height * width]);
        (ShareA, ShareB) = (new float[height * width], new float[height * width]);
        Array.Fill(Triangle, None);
        Array.Fill(Depth, float.PositiveInfinity);
        var tiles = new TriangleTiles(projected, height, width, parallel);
        Parallel.For(0, tiles.Columns * tiles.Rows, parallel, tile =>
        {
            const int side = TriangleTiles.Side;
            var (firstX, firstY) = (tile % tiles.Columns * side, tile / tiles.Columns * side);
            foreach (var triangle in tiles.TrianglesOf(tile))
            {
                var (left, right, top, bottom) = tiles.Bounds[triangle];
                Draw(triangle, Math.Max(left, firstX), Math.Min(right, firstX + side - 1), Math.Max(top, firstY), Math.Min(bottom, firstY + side - 1));
            }
        });
    }

    public ProjectedSurface Projected { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Of each pixel, or <see cref="None"/>.</summary>
    public int[] Triangle { get; }

    /// <summary>Along the optical axis, in world units; infinite where nothing is.</summary>
    public float[] Depth { get; }

    /// <summary>The first corner's share of the place on the triangle, perspective accounted for.</summary>
    public float[] ShareA { get; }

    /// <summary>The second corner's.</summary>
    public float[] ShareB { get; }

    private void Draw(int triangle, int left, int right, int top, int bottom)
    {
        var (a, b, c) = Projected.Corners(triangle);
        var (bc, ca, ab) = (b.Cross(c), c.Cross(a), a.Cross(b));
        var volume = a.Dot(bc);
        if (volume == 0)
            return;

        var sign = Math.Sign(volume);
        for (var y = top; y <= bottom; y++)
            for (var x = left; x <= right; x++)
            {
                // On the ray (x, y, 1) the point at depth W has the shares e W / volume.
                var (eA, eB, eC) = (bc.At(x + 0.5, y + 0.5), ca.At(x + 0.5, y + 0.5), ab.At(x + 0.5, y + 0.5));
                if (sign * eA < 0 || sign * eB < 0 || sign * eC < 0)
                    continue;

                var sum = eA + eB + eC;
                var depth = (float)(volume / sum);
                var pixel = y * Width + x;
                if (!(depth >= ProjectedSurface.Near && depth < Depth[pixel]))
                    continue;

                (Triangle[pixel], Depth[pixel]) = (triangle, depth);
                (ShareA[pixel], ShareB[pixel]) = ((float)(eA / sum), (float)(eB / sum));
            }
    }
}
