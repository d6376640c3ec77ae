namespace DreamTime.Renderers;

/// <summary>A surface as one camera sees it: its vertices in the image, and where each triangle may be seen.</summary>
internal sealed class ProjectedSurface
{
    /// <summary>What is nearer than this along the optical axis, in world units, is not seen.</summary>
    public const double Near = 0.01;

    public ProjectedSurface(TetrahedralSurface surface, PixelProjection projection, ParallelOptions parallel)
    {
        Surface = surface;
        Vertices = new Homogeneous[surface.Positions.Length];
        const int block = 1 << 10;
        Parallel.For(0, (Vertices.Length + block - 1) / block, parallel, b =>
        {
            for (var v = b * block; v < Math.Min(Vertices.Length, (b + 1) * block); v++)
                Vertices[v] = projection.Of(surface.Positions[v]);
        });
    }

    public TetrahedralSurface Surface { get; }

    public Homogeneous[] Vertices { get; }

    public (Homogeneous A, Homogeneous B, Homogeneous C) Corners(int triangle) =>
        (Vertices[Surface.Triangles[3 * triangle]], Vertices[Surface.Triangles[3 * triangle + 1]], Vertices[Surface.Triangles[3 * triangle + 2]]);

    /// <summary>1 where the image shows a triangle's one side, -1 where it shows the other, 0 where it is seen along its edge or has no area.</summary>
    public int Facing(int triangle)
    {
        var (a, b, c) = Corners(triangle);
        return Math.Sign(a.Dot(b.Cross(c)));
    }

    /// <summary>The pixels whose centres a triangle can cover: the box around that part of it which is not too near. Empty where left is above right or top above bottom.</summary>
    public (int Left, int Right, int Top, int Bottom) Bounds(int triangle, int height, int width)
    {
        var (a, b, c) = Corners(triangle);
        var (left, right, top, bottom) = (double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity);
        Include(a, b);
        Include(b, c);
        Include(c, a);
        return (
            (int)Math.Ceiling(Math.Clamp(left - 0.5, 0, width)), (int)Math.Floor(Math.Clamp(right - 0.5, -1, width - 1)),
            (int)Math.Ceiling(Math.Clamp(top - 0.5, 0, height)), (int)Math.Floor(Math.Clamp(bottom - 0.5, -1, height - 1)));

        void Include(Homogeneous from, Homogeneous to)
        {
            if (from.W >= Near)
                Add(from.X / from.W, from.Y / from.W);
            if (from.W >= Near != to.W >= Near)
            {
                var share = (Near - from.W) / (to.W - from.W);
                Add((from.X + share * (to.X - from.X)) / Near, (from.Y + share * (to.Y - from.Y)) / Near);
            }
        }

        void Add(double x, double y)
        {
            // Rounding must not lose a pixel whose centre lies on the edge.
            const double margin = 1e-6;
            (left, right, top, bottom) = (Math.Min(left, x - margin), Math.Max(right, x + margin), Math.Min(top, y - margin), Math.Max(bottom, y + margin));
        }
    }
}
