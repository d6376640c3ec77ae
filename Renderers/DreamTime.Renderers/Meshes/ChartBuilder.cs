using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Cuts a surface into charts: each grows from the largest triangle that is left over its neighbours, as long as they face the chart's direction and fall
/// beside what it has already. The second condition is what makes the projection injective: a spiral ramp faces up all along and still covers itself.
/// </summary>
internal static class ChartBuilder
{
    /// <summary>The cosine of the largest angle (55 degrees) between a triangle and its chart: the most that an area shrinks by on the plane.</summary>
    private const float SmallestCosine = 0.57f;

    /// <summary>How far around a seed its direction is averaged, in triangles.</summary>
    private const int SeedTriangles = 96;

    /// <summary>The charts, which share out all triangles.</summary>
    public static List<Chart> Cut(Mesh mesh, CancellationToken cancellation)
    {
        var areas = Enumerable.Range(0, mesh.TriangleCount).Select(mesh.AreaVector).ToArray();
        var normals = Array.ConvertAll(areas, area => area == Vector3.Zero ? Vector3.Zero : Vector3.Normalize(area));
        var neighbours = Neighbours(mesh);
        var isTaken = new bool[mesh.TriangleCount];
        var seeds = Enumerable.Range(0, mesh.TriangleCount).OrderByDescending(t => areas[t].LengthSquared()).ThenBy(t => t);

        // Slivers are long for their area, and would lie in thousands of cells of their own size.
        var (low, high) = mesh.Bounds();
        var finest = Vector3.Distance(low, high) / 512;

        var charts = new List<Chart>();
        foreach (var seed in seeds)
        {
            if (isTaken[seed])
                continue;

            cancellation.ThrowIfCancellationRequested();
            var chart = new Chart(Direction(seed));
            var footprint = new Footprint(MathF.Max(MathF.Sqrt(areas[seed].Length()), finest));
            foreach (var t in Spread(seed, t => Fits(chart, footprint, t)))
            {
                chart.Add(mesh, t);
                isTaken[t] = true;
            }
            chart.Settle();
            charts.Add(chart);
        }
        return charts;

        Vector3 Direction(int seed)
        {
            var sum = Vector3.Zero;
            foreach (var t in Spread(seed, t => Vector3.Dot(normals[t], normals[seed]) > SmallestCosine).Take(SeedTriangles))
                sum += areas[t];
            var axis = sum == Vector3.Zero ? Vector3.UnitZ : Vector3.Normalize(sum);
            return Vector3.Dot(axis, normals[seed]) >= SmallestCosine || normals[seed] == Vector3.Zero ? axis : normals[seed];
        }

        bool Fits(Chart chart, Footprint footprint, int t)
        {
            if (normals[t] != Vector3.Zero && Vector3.Dot(normals[t], chart.Axis) < SmallestCosine)
                return false;

            var (a, b, c) = mesh.Corners(t);
            return footprint.TryAdd(chart.Project(a), chart.Project(b), chart.Project(c));
        }

        // Breadth first over the triangles that no chart has and that the condition, asked once for each, admits.
        IEnumerable<int> Spread(int seed, Func<int, bool> admits)
        {
            var (queue, seen) = (new Queue<int>([seed]), new HashSet<int> { seed });
            while (queue.TryDequeue(out var t))
            {
                if (isTaken[t] || !admits(t))
                    continue;

                yield return t;
                for (var side = 0; side < 3; side++)
                    if (neighbours[3 * t + side] is var next and >= 0 && seen.Add(next))
                        queue.Enqueue(next);
            }
        }
    }

    /// <summary>Behind each side of each triangle the triangle that shares it in the opposite direction, or -1.</summary>
    private static int[] Neighbours(Mesh mesh)
    {
        long Key(int from, int to) => (long)from << 32 | (uint)to;

        var sides = new Dictionary<long, int>(mesh.Triangles.Length);
        for (var i = 0; i < mesh.Triangles.Length; i++)
            sides.TryAdd(Key(mesh.Triangles[i], mesh.Triangles[i / 3 * 3 + (i + 1) % 3]), i / 3);
        return [.. Enumerable.Range(0, mesh.Triangles.Length).Select(i =>
            sides.GetValueOrDefault(Key(mesh.Triangles[i / 3 * 3 + (i + 1) % 3], mesh.Triangles[i]), -1))];
    }
}
