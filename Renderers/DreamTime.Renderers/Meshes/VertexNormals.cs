using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The normals of a smooth surface at its vertices.</summary>
internal static class VertexNormals
{
    /// <summary>The area-weighted mean of the normals of a vertex's triangles, of length 1; z where a vertex has no triangle with an area.</summary>
    public static Vector3[] Of(ReadOnlySpan<Vector3> positions, ImmutableArray<int> triangles)
    {
        var sums = new Vector3[positions.Length];
        for (var t = 0; t < triangles.Length; t += 3)
        {
            var (a, b, c) = (positions[triangles[t]], positions[triangles[t + 1]], positions[triangles[t + 2]]);
            var areaVector = Vector3.Cross(b - a, c - a);
            for (var corner = 0; corner < 3; corner++)
                sums[triangles[t + corner]] += areaVector;
        }

        // The square of a tiny triangle's area underflows: its length is taken after scaling.
        return Array.ConvertAll(sums, sum =>
        {
            var largest = MathF.Max(MathF.Abs(sum.X), MathF.Max(MathF.Abs(sum.Y), MathF.Abs(sum.Z)));
            return largest > 1e-30f ? Vector3.Normalize(sum / largest) : Vector3.UnitZ;
        });
    }
}
