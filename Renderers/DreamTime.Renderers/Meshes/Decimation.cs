using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Fewer triangles for nearly the same surface: collapses edges, the one of least quadric error first (Garland and Heckbert 1997). A collapse that would join
/// two sheets, close a hole, fold a triangle over or move a border away is left out, so that a closed surface stays closed and keeps its handles.
/// </summary>
public static class Decimation
{
    /// <summary>The mesh with at most so many triangles, or with as few as its topology lets it have. Colours are carried along; normals are computed anew.</summary>
    /// <param name="mesh">Edges with more than two triangles, if there are any, stay as they are.</param>
    /// <param name="triangles">The budget, at least 1.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The same mesh, in the same order, on every run; the argument itself where it fits the budget.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below 1.</exception>
    public static Mesh Simplify(Mesh mesh, int triangles, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        ArgumentOutOfRangeException.ThrowIfLessThan(triangles, 1);
        if (mesh.TriangleCount <= triangles)
            return mesh;

        var surface = new CollapsibleMesh(mesh);
        var queue = new PriorityQueue<Collapse, (double Cost, int Kept, int Gone)>();
        foreach (var (a, b) in surface.Edges())
            Enqueue(a, b);

        for (var round = 0; surface.TriangleCount > triangles && queue.TryDequeue(out var collapse, out _); round++)
        {
            if (round % 4096 == 0)
                cancellation.ThrowIfCancellationRequested();
            if (surface.AgeOf(collapse.Kept) != collapse.KeptAge || surface.AgeOf(collapse.Gone) != collapse.GoneAge || !surface.TryCollapse(collapse.Kept, collapse.Gone, collapse.Place))
                continue;

            foreach (var neighbour in surface.Neighbours(collapse.Kept))
                Enqueue(Math.Min(collapse.Kept, neighbour), Math.Max(collapse.Kept, neighbour));
        }
        return surface.ToMesh();

        void Enqueue(int kept, int gone)
        {
            var (place, cost) = surface.Best(kept, gone);
            queue.Enqueue(new Collapse(kept, gone, surface.AgeOf(kept), surface.AgeOf(gone), place), (cost, kept, gone));
        }
    }

    /// <summary>A collapse that was the best one while its two vertices had these ages.</summary>
    private readonly record struct Collapse(int Kept, int Gone, int KeptAge, int GoneAge, Vector3 Place);
}
