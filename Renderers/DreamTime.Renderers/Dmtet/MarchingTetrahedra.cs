using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The surface where a signed distance on a tetrahedral grid is 0 (Shen et al. 2021): a vertex on every lattice edge between an inside and an outside end, where the
/// distance, taken as linear along the edge, vanishes. Differentiable in the distances and in where the lattice's vertices have moved.
/// </summary>
/// <param name="grid">The lattice.</param>
/// <param name="parallel">How many threads. The result does not depend on it.</param>
internal sealed class MarchingTetrahedra(TetrahedralGrid grid, ParallelOptions parallel)
{
    /// <summary>How far a lattice vertex may move along each axis, in cubes: two that move towards each other along a diagonal just meet.</summary>
    public const float LargestMove = 0.25f;

    /// <summary>The least distance, in cubes, of a vertex on the hull.</summary>
    private const float HullDistance = 0.01f;

    /// <summary>The least difference, in cubes, between an edge's two distances: keeps the gradient finite where both are about 0.</summary>
    private const float LeastGap = 1e-6f;

    private readonly bool[] _isInside = new bool[grid.Vertices];
    private readonly int[] _vertexOf = Filled(grid.EdgeSlots);

    public TetrahedralGrid Grid => grid;

    /// <summary>The surface; without triangles where nothing or everything is inside.</summary>
    /// <param name="distance">Of each lattice vertex, negative inside, in world units.</param>
    /// <param name="move">x, y and z of each lattice vertex's move before its limit, tanh.</param>
    public TetrahedralSurface March(float[] distance, float[] move)
    {
        var cubes = grid.Resolution;
        MarkInside(distance);
        var slabs = new List<int>[cubes];
        Parallel.For(0, cubes, parallel, z => slabs[z] = Slab(z));

        var (inside, outside, triangles) = (new List<int>(), new List<int>(), new int[slabs.Sum(slab => slab.Count) / 3]);
        var at = 0;
        foreach (var slab in slabs)
            for (var i = 0; i < slab.Count; i += 3)
            {
                ref var vertex = ref _vertexOf[slab[i]];
                if (vertex < 0)
                {
                    vertex = inside.Count;
                    inside.Add(slab[i + 1]);
                    outside.Add(slab[i + 2]);
                }

                triangles[at++] = vertex;
            }

        Parallel.For(0, cubes, parallel, z =>
        {
            for (var i = 0; i < slabs[z].Count; i += 3)
                _vertexOf[slabs[z][i]] = -1;
        });
        var surface = new TetrahedralSurface(new Vector3[inside.Count], triangles, [.. inside], [.. outside]);
        Parallel.For(0, inside.Count, parallel, v =>
        {
            var (a, b) = (surface.Inside[v], surface.Outside[v]);
            surface.Positions[v] = Vector3.Lerp(Moved(a, move), Moved(b, move), Crossing(a, b, distance).Share);
        });
        return surface;
    }

    /// <summary>Adds the gradients of distances and moves, from that of the vertices' positions.</summary>
    public void Backward(
        TetrahedralSurface surface, float[] distance, float[] move, ReadOnlySpan<Vector3> gradient, float[] distanceGradient, float[] moveGradient)
    {
        for (var v = 0; v < gradient.Length; v++)
        {
            if (gradient[v] == Vector3.Zero)
                continue;

            var (a, b) = (surface.Inside[v], surface.Outside[v]);
            var (share, gap, held) = Crossing(a, b, distance);
            var along = Vector3.Dot(gradient[v], Moved(b, move) - Moved(a, move)) / gap;
            distanceGradient[a] += along * (1 - share);
            if (!held)
                distanceGradient[b] += along * share;
            AddMove(a, (1 - share) * gradient[v], move, moveGradient);
            AddMove(b, share * gradient[v], move, moveGradient);
        }
    }

    /// <summary>Where a lattice vertex has moved to.</summary>
    public Vector3 Moved(int vertex, float[] move) =>
        grid.Position(vertex) + LargestMove * grid.Spacing * new Vector3(MathF.Tanh(move[3 * vertex]), MathF.Tanh(move[3 * vertex + 1]), MathF.Tanh(move[3 * vertex + 2]));

    private void AddMove(int vertex, Vector3 gradient, float[] move, float[] moveGradient)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            var tanh = MathF.Tanh(move[3 * vertex + axis]);
            moveGradient[3 * vertex + axis] += LargestMove * grid.Spacing * (1 - tanh * tanh) * gradient[axis];
        }
    }

    /// <summary>The share s_a / (s_a - s_b) of the edge that lies inside, its denominator, and whether the outside's distance is held at the hull's least one.</summary>
    private (float Share, float Gap, bool Held) Crossing(int inside, int outside, float[] distance)
    {
        var least = HullDistance * grid.Spacing;
        var held = distance[outside] < least && grid.IsOnHull(outside);
        var gap = MathF.Min(distance[inside] - (held ? least : distance[outside]), -LeastGap * grid.Spacing);
        return (distance[inside] / gap, gap, held);
    }

    private void MarkInside(float[] distance)
    {
        var cubes = grid.Resolution;
        Parallel.For(0, cubes + 1, parallel, z =>
        {
            for (var y = 0; y <= cubes; y++)
                for (var (x, corner) = (0, grid.Corner(0, y, z)); x <= cubes; x++, corner++)
                    _isInside[corner] = distance[corner] < 0 && Between(x, cubes) && Between(y, cubes) && Between(z, cubes);
            for (var y = 0; y < cubes && z < cubes; y++)
                for (var (x, centre) = (0, grid.Centre(0, y, z)); x < cubes; x++, centre++)
                    _isInside[centre] = distance[centre] < 0 && Between(x, cubes - 1) && Between(y, cubes - 1) && Between(z, cubes - 1);
        });

        static bool Between(int at, int last) => at > 0 && at < last;
    }

    /// <summary>For each corner of each triangle of a layer of cubes: the slot of its edge, the end inside and the end outside.</summary>
    private List<int> Slab(int z)
    {
        var (cubes, found) = (grid.Resolution, new List<int>());
        Span<int> corners = stackalloc int[8];
        for (var y = 0; y < cubes; y++)
            for (var x = 0; x < cubes; x++)
            {
                var (centre, count) = (grid.Centre(x, y, z), 0);
                for (var k = 0; k < 8; k++)
                {
                    corners[k] = grid.CornerOf(x, y, z, k);
                    count += _isInside[corners[k]] ? 1 : 0;
                }

                for (var axis = 0; axis < 3; axis++)
                {
                    if ((axis == 0 ? x : axis == 1 ? y : z) + 1 == cubes)
                        continue;

                    var next = centre + (axis == 0 ? 1 : axis == 1 ? cubes : cubes * cubes);
                    if (count + (_isInside[centre] ? 1 : 0) + (_isInside[next] ? 1 : 0) is 0 or 10)
                        continue;

                    for (var edge = 0; edge < 4; edge++)
                    {
                        var (from, to) = TetrahedralGrid.FaceEdge(axis, edge);
                        AddTriangles([centre, next, corners[from], corners[to]], axis, from, to, found);
                    }
                }
            }

        return found;
    }

    private void AddTriangles(ReadOnlySpan<int> tetrahedron, int axis, int from, int to, List<int> found)
    {
        var inside = 0;
        for (var i = 0; i < 4; i++)
            inside |= _isInside[tetrahedron[i]] ? 1 << i : 0;
        foreach (var edge in TetrahedronCases.Triangles[inside])
        {
            var (a, b) = TetrahedronCases.Edges[edge];
            var slot = edge switch
            {
                0 => grid.CentreEdge(tetrahedron[0], axis),
                1 => grid.Diagonal(tetrahedron[0], from),
                2 => grid.Diagonal(tetrahedron[0], to),
                3 => grid.Diagonal(tetrahedron[1], from & ~(1 << axis)),
                4 => grid.Diagonal(tetrahedron[1], to & ~(1 << axis)),
                _ => grid.CornerEdge(Math.Min(tetrahedron[2], tetrahedron[3]), (from ^ to) switch { 1 => 0, 2 => 1, _ => 2 }),
            };
            var aIsInside = (inside >> a & 1) != 0;
            found.Add(slot);
            found.Add(tetrahedron[aIsInside ? a : b]);
            found.Add(tetrahedron[aIsInside ? b : a]);
        }
    }

    private static int[] Filled(int length)
    {
        var array = GC.AllocateUninitializedArray<int>(length);
        Array.Fill(array, -1);
        return array;
    }
}
