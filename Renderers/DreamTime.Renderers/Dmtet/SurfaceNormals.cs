using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Normals at the vertices of a surface that moves: the area-weighted mean of the normals around, and its gradient.</summary>
internal static class SurfaceNormals
{
    /// <summary>Of length 1; z where the triangles around a vertex have no area.</summary>
    public static Vector3[] Of(TetrahedralSurface surface, ParallelOptions parallel)
    {
        surface.Connect();
        var normals = new Vector3[surface.Positions.Length];
        Parallel.For(0, normals.Length, parallel, v =>
        {
            var sum = Sum(surface, v);
            var length = sum.Length();
            normals[v] = length > 0 ? sum / length : Vector3.UnitZ;
        });
        return normals;
    }

    /// <summary>Adds to the gradient of the positions that of the normals.</summary>
    public static void Backward(TetrahedralSurface surface, ReadOnlySpan<Vector3> gradient, Span<Vector3> positionGradient)
    {
        var sums = new Vector3[surface.Positions.Length];
        for (var v = 0; v < sums.Length; v++)
        {
            if (gradient[v] == Vector3.Zero)
                continue;

            var sum = Sum(surface, v);
            var length = sum.Length();
            var normal = sum / length;
            sums[v] = length > 0 ? (gradient[v] - Vector3.Dot(gradient[v], normal) * normal) / length : Vector3.Zero;
        }

        for (var t = 0; t < surface.TriangleCount; t++)
        {
            var (a, b, c) = (surface.Triangles[3 * t], surface.Triangles[3 * t + 1], surface.Triangles[3 * t + 2]);
            var area = sums[a] + sums[b] + sums[c];
            if (area == Vector3.Zero)
                continue;

            var (byB, byC) = (Vector3.Cross(surface.Positions[c] - surface.Positions[a], area), Vector3.Cross(area, surface.Positions[b] - surface.Positions[a]));
            positionGradient[b] += byB;
            positionGradient[c] += byC;
            positionGradient[a] -= byB + byC;
        }
    }

    private static Vector3 Sum(TetrahedralSurface surface, int vertex)
    {
        var sum = Vector3.Zero;
        foreach (var triangle in surface.TrianglesAt(vertex))
            sum += surface.AreaVector(triangle);
        return sum;
    }
}
