using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The triangles inside a cube for each of the 256 ways its corners can be inside or outside a surface (Lorensen and Cline 1987), derived instead of listed.
/// Every face of the cube is cut by a rule that looks at that face only, so that neighbouring cubes agree: each run of inside corners around the face is cut off
/// by its own segment. The segments join into closed loops, and each loop is filled without a diagonal that lies in a face, which a neighbour could use as well.
/// So each edge belongs to exactly two triangles.
/// </summary>
internal static class CubeCases
{
    /// <summary>The cube's edges: the corner they start from, and the axis along which they leave it.</summary>
    public static ImmutableArray<(int Corner, int Axis)> Edges { get; } =
        [.. from axis in Enumerable.Range(0, 3) from corner in Enumerable.Range(0, 8) where (corner >> axis & 1) == 0 select (corner, axis)];

    private static readonly int[][] Faces = [.. from axis in Enumerable.Range(0, 3) from side in Enumerable.Range(0, 2) select Face(axis, side)];

    private static readonly HashSet<int>[] EdgesOfFaces = [.. Faces.Select(face => Enumerable.Range(0, 4).Select(i => EdgeAfter(face, i)).ToHashSet())];

    /// <summary>For each set of inside corners (bit i is corner i, at x = i &amp; 1, y = i >> 1 &amp; 1, z = i >> 2): three edges a triangle, counter-clockwise from outside.</summary>
    public static ImmutableArray<ImmutableArray<int>> Triangles { get; } =
        [.. Enumerable.Range(0, 256).Select(inside => Loops(inside).SelectMany(Fill).ToImmutableArray())];

    /// <summary>The corners of a face, counter-clockwise seen from outside the cube.</summary>
    private static int[] Face(int axis, int side)
    {
        var (u, v) = (1 << (axis + 1) % 3, 1 << (axis + 2) % 3);
        int[] around = [0, u, u | v, v];
        if (side == 0)
            Array.Reverse(around);
        return [.. around.Select(corner => corner | side << axis)];
    }

    /// <summary>The edge from a face's i-th corner to the next one.</summary>
    private static int EdgeAfter(int[] face, int i)
    {
        var (a, b) = (face[i % 4], face[(i + 1) % 4]);
        return Edges.IndexOf((Math.Min(a, b), BitOperations.Log2((uint)(a ^ b))));
    }

    private static List<int[]> Loops(int inside)
    {
        bool Inside(int corner) => (inside >> corner & 1) != 0;

        var next = new SortedDictionary<int, int>();
        foreach (var face in Faces)
        {
            for (var enter = 0; enter < 4; enter++)
            {
                if (Inside(face[enter]) || !Inside(face[(enter + 1) % 4]))
                    continue;

                var leave = enter + 1;
                while (Inside(face[(leave + 1) % 4]))
                    leave++;
                next.Add(EdgeAfter(face, enter), EdgeAfter(face, leave));
            }
        }

        var loops = new List<int[]>();
        while (next.Count > 0)
        {
            var loop = new List<int>();
            for (var edge = next.Keys.First(); next.Remove(edge, out var following); edge = following)
                loop.Add(edge);
            loops.Add([.. loop]);
        }
        return loops;
    }

    /// <summary>The triangulation of a loop with the shortest diagonals, none of them in a face: a dynamic programme over the sub-polygons.</summary>
    private static IEnumerable<int> Fill(int[] loop)
    {
        (double Cost, IEnumerable<int> Triangles) Best(int first, int last)
        {
            if (last - first < 2)
                return (0, []);

            var (cost, triangles) = Enumerable.Range(first + 1, last - first - 1)
                .Select(apex =>
                {
                    var (before, after) = (Best(first, apex), Best(apex, last));
                    return (Cost: before.Cost + after.Cost, Triangles: before.Triangles.Concat([loop[first], loop[apex], loop[last]]).Concat(after.Triangles));
                })
                .MinBy(choice => choice.Cost);
            var isSide = first == 0 && last == loop.Length - 1;
            return (cost + (isSide ? 0 : DiagonalCost(loop[first], loop[last])), triangles);
        }

        return Best(0, loop.Length - 1).Triangles;
    }

    private static double DiagonalCost(int edgeA, int edgeB)
    {
        var inOneFace = EdgesOfFaces.Any(face => face.Contains(edgeA) && face.Contains(edgeB));
        return inOneFace ? double.PositiveInfinity : Vector3.DistanceSquared(Middle(edgeA), Middle(edgeB));
    }

    private static Vector3 Middle(int edge)
    {
        var (corner, axis) = Edges[edge];
        var middle = new Vector3(corner & 1, corner >> 1 & 1, corner >> 2);
        middle[axis] = 0.5f;
        return middle;
    }
}
