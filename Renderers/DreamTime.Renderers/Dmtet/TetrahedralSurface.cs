using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The triangles of a signed distance on a tetrahedral grid. Each vertex lies on a lattice edge between an inside and an outside end; triangles are counter-clockwise seen
/// from outside, and the surface is closed.
/// </summary>
/// <param name="Positions">A place a vertex, in the world.</param>
/// <param name="Triangles">Three vertices a triangle, one triangle after the other.</param>
/// <param name="Inside">The lattice vertex inside, of each vertex's edge.</param>
/// <param name="Outside">The one outside.</param>
internal sealed record TetrahedralSurface(Vector3[] Positions, int[] Triangles, int[] Inside, int[] Outside)
{
    private (int[] First, int[] Triangle)? _incident;

    public int TriangleCount => Triangles.Length / 3;

    /// <summary>The triangles around a vertex, in order.</summary>
    public ReadOnlySpan<int> TrianglesAt(int vertex)
    {
        var (first, triangle) = _incident ??= Incident();
        return triangle.AsSpan(first[vertex], first[vertex + 1] - first[vertex]);
    }

    /// <summary>The triangle on the other side of a triangle's edge, -1 where there is none. Edge i lies opposite to corner i.</summary>
    public int Neighbour(int triangle, int edge)
    {
        var (from, to) = EdgeOf(triangle, edge);
        foreach (var other in TrianglesAt(from))
            for (var corner = 0; corner < 3 && other != triangle; corner++)
                if (Triangles[3 * other + corner] == to && Triangles[3 * other + (corner + 1) % 3] == from)
                    return other;
        return -1;
    }

    /// <summary>The edge opposite to a corner, the way round that its triangle has.</summary>
    public (int From, int To) EdgeOf(int triangle, int edge) => (Triangles[3 * triangle + (edge + 1) % 3], Triangles[3 * triangle + (edge + 2) % 3]);

    /// <summary>Along a triangle's outward normal, twice as long as its area.</summary>
    public Vector3 AreaVector(int triangle)
    {
        var (a, b, c) = (Positions[Triangles[3 * triangle]], Positions[Triangles[3 * triangle + 1]], Positions[Triangles[3 * triangle + 2]]);
        return Vector3.Cross(b - a, c - a);
    }

    /// <summary>Finds the lists that <see cref="TrianglesAt"/> reads; before several threads do.</summary>
    public void Connect() => _incident ??= Incident();

    private (int[] First, int[] Triangle) Incident()
    {
        var first = new int[Positions.Length + 1];
        foreach (var vertex in Triangles)
            first[vertex + 1]++;
        for (var v = 0; v < Positions.Length; v++)
            first[v + 1] += first[v];

        var (next, triangle) = (first.AsSpan(0, Positions.Length).ToArray(), new int[Triangles.Length]);
        for (var i = 0; i < Triangles.Length; i++)
            triangle[next[Triangles[i]]++] = i / 3;
        return (first, triangle);
    }
}
