using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Where the front one of two neighbouring pixels' surfaces ends between their centres: an edge of the surface, behind which it turns away. The pixel that the edge lies
/// in is mixed with its neighbour by the part of it that the neighbour's surface covers (Laine et al. 2020). A slanted edge lies between neighbours of a row and of a column: they
/// share it by the squares of its direction, so that edges shorter than a pixel, whose directions are anything, are never lost or counted twice.
/// </summary>
/// <param name="Front">The pixel whose surface ends.</param>
/// <param name="Back">Its neighbour.</param>
/// <param name="From">A vertex of the edge.</param>
/// <param name="To">The other one.</param>
/// <param name="Reach">How far the surface reaches, 0 at the front pixel's centre and 1 at the neighbour's.</param>
/// <param name="Across">How much of the edge is these two pixels': 1 where it crosses their way at right angles, 0 where it lies along it.</param>
internal readonly record struct Silhouette(int Front, int Back, int From, int To, double Reach, double Across)
{
    private const int LongestWalk = 64;

    /// <summary>The pixel that is mixed.</summary>
    public int Mixed => Reach < 0.5 ? Front : Back;

    /// <summary>The pixel that it is mixed with.</summary>
    public int Other => Reach < 0.5 ? Back : Front;

    /// <summary>The other's share of the mixed pixel, 0..1/2.</summary>
    public float Weight => (float)(Across * Math.Abs(Reach - 0.5));

    /// <summary>
    /// Looks between two neighbouring pixels: from the nearer one's centre over the surface, triangle by triangle, towards the other's.
    /// </summary>
    /// <param name="visible">What the pixels show.</param>
    /// <param name="pixel">The left or upper one.</param>
    /// <param name="next">The right or lower one.</param>
    public static Silhouette? Between(VisibleSurface visible, int pixel, int next)
    {
        var (here, there) = (visible.Triangle[pixel], visible.Triangle[next]);
        if (here == there)
            return null;
        if (here != VisibleSurface.None && there != VisibleSurface.None && IsOneSheet(visible.Projected, here, there))
            return null;

        var (front, back) = visible.Depth[pixel] <= visible.Depth[next] ? (pixel, next) : (next, pixel);
        return Walk(visible, front, back);
    }

    /// <summary>The derivatives of <see cref="Weight"/> by the two vertices in the image.</summary>
    public (Homogeneous From, Homogeneous To) Slopes(ProjectedSurface projected, int width)
    {
        var (from, to) = (projected.Vertices[From], projected.Vertices[To]);
        var (x, y, dx, dy) = Way(Front, Back, width);
        var line = from.Cross(to);
        var crossing = new Homogeneous(x + Reach * dx, y + Reach * dy, 1);
        // The line's value at the crossing stays 0 while the line moves.
        var byLine = -Across * Math.Sign(Reach - 0.5) / (line.X * dx + line.Y * dy) * crossing;
        // Across is the square of a cosine: the line's direction turns it.
        var length = line.X * line.X + line.Y * line.Y;
        var turn = (dx != 0 ? 2 : -2) * Math.Abs(Reach - 0.5) * line.X * line.Y / (length * length);
        byLine = new Homogeneous(byLine.X + turn * line.Y, byLine.Y - turn * line.X, byLine.W);
        return (to.Cross(byLine), byLine.Cross(from));
    }

    private static Silhouette? Walk(VisibleSurface visible, int front, int back)
    {
        var (projected, surface) = (visible.Projected, visible.Projected.Surface);
        var (x, y, dx, dy) = Way(front, back, visible.Width);
        var (triangle, entered, facing) = (visible.Triangle[front], -1, projected.Facing(visible.Triangle[front]));
        for (var step = 0; step < LongestWalk; step++)
        {
            var (exit, reach, line) = (-1, double.PositiveInfinity, default(Homogeneous));
            for (var edge = 0; edge < 3; edge++)
            {
                var (start, end) = surface.EdgeOf(triangle, edge);
                var candidate = projected.Vertices[start].Cross(projected.Vertices[end]);
                var slope = candidate.X * dx + candidate.Y * dy;
                var at = -candidate.At(x, y) / slope;
                if (edge != entered && slope * facing < 0 && at < reach)
                    (exit, reach, line) = (edge, at, candidate);
            }

            if (exit < 0 || reach >= 1)
                return null;

            var (from, to) = surface.EdgeOf(triangle, exit);
            var neighbour = surface.Neighbour(triangle, exit);
            if (neighbour < 0 || projected.Facing(neighbour) != facing)
                return new Silhouette(front, back, from, to, Math.Max(0, reach), Square(line.X * dx + line.Y * dy) / (Square(line.X) + Square(line.Y)));

            for (entered = 0; surface.EdgeOf(neighbour, entered) != (to, from); entered++)
            {
            }

            triangle = neighbour;
        }

        return null;
    }

    private static double Square(double x) => x * x;

    /// <summary>From the centre of one pixel, the step to its neighbour's.</summary>
    private static (double X, double Y, int Dx, int Dy) Way(int front, int back, int width)
    {
        var (x, y) = (front % width, front / width);
        return (x + 0.5, y + 0.5, back % width - x, back / width - y);
    }

    /// <summary>Triangles with a common vertex that show the same side: nothing ends between them.</summary>
    private static bool IsOneSheet(ProjectedSurface projected, int a, int b)
    {
        var triangles = projected.Surface.Triangles;
        for (var i = 3 * a; i < 3 * a + 3; i++)
            for (var k = 3 * b; k < 3 * b + 3; k++)
                if (triangles[i] == triangles[k])
                    return projected.Facing(a) == projected.Facing(b);
        return false;
    }
}
