using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The values and gradients of <see cref="DmtetRegularizers"/>, each for weight 1.</summary>
internal static class SurfaceLosses
{
    /// <summary>Each triangle's edges in turn: on a closed surface every edge comes twice, which a mean does not notice.</summary>
    public static double NormalConsistency(TetrahedralSurface surface, Vector3[] normals, float weight, Span<Vector3> normalGradient)
    {
        var (sum, share) = (0.0, weight / surface.Triangles.Length);
        for (var i = 0; i < surface.Triangles.Length; i++)
        {
            var (a, b) = (surface.Triangles[i], surface.Triangles[i % 3 == 2 ? i - 2 : i + 1]);
            sum += 1 - Vector3.Dot(normals[a], normals[b]);
            normalGradient[a] -= share * normals[b];
            normalGradient[b] -= share * normals[a];
        }

        return sum / surface.Triangles.Length;
    }

    /// <summary>Around a vertex of a closed surface its triangles name every neighbour twice.</summary>
    public static double Laplacian(TetrahedralSurface surface, float spacing, float weight, Span<Vector3> positionGradient)
    {
        var (sum, count) = (0.0, surface.Positions.Length);
        for (var v = 0; v < count; v++)
        {
            var triangles = surface.TrianglesAt(v);
            var middle = Vector3.Zero;
            foreach (var t in triangles)
                middle += Others(surface, t);
            var names = 2 * triangles.Length;
            var offset = (surface.Positions[v] - (middle - triangles.Length * surface.Positions[v]) / names) / spacing;
            var length = offset.Length();
            sum += length;
            if (length == 0)
                continue;

            var slope = weight / (count * spacing * length) * offset;
            positionGradient[v] += slope;
            foreach (var t in triangles)
                for (var corner = 0; corner < 3; corner++)
                    if (surface.Triangles[3 * t + corner] != v)
                        positionGradient[surface.Triangles[3 * t + corner]] -= slope / names;
        }

        return sum / count;

        static Vector3 Others(TetrahedralSurface surface, int t) =>
            surface.Positions[surface.Triangles[3 * t]] + surface.Positions[surface.Triangles[3 * t + 1]] + surface.Positions[surface.Triangles[3 * t + 2]];
    }

    /// <summary>The edges whose ends lie on different sides are those that the surface's vertices lie on.</summary>
    public static double SignConsistency(TetrahedralSurface surface, float[] distance, float spacing, float weight, float[] distanceGradient)
    {
        var (sum, count) = (0.0, surface.Positions.Length);
        for (var v = 0; v < count; v++)
        {
            var (inside, outside) = (distance[surface.Inside[v]] / spacing, distance[surface.Outside[v]] / spacing);
            // The inside end should be outside (target 1), and the other way round.
            sum += Softplus(-inside) + Softplus(outside);
            distanceGradient[surface.Inside[v]] -= weight / (count * spacing) * Sigmoid(-inside);
            distanceGradient[surface.Outside[v]] += weight / (count * spacing) * Sigmoid(outside);
        }

        return sum / count;
    }

    private static double Softplus(float x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
