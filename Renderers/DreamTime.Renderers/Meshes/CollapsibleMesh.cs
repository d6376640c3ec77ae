using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DreamTime.Renderers;

/// <summary>A mesh whose edges can be collapsed, one at a time, each only where the surface stays a surface.</summary>
internal sealed class CollapsibleMesh
{
    /// <summary>How much more a border's planes weigh than the surface's own.</summary>
    private const double BorderWeight = 100;

    /// <summary>What a colour difference of 1 along an edge costs, as if the surface had moved by this share of its size.</summary>
    private const double ColorWeight = 0.01;

    /// <summary>A triangle may not turn by more than 75 degrees in one collapse.</summary>
    private const float SmallestCosine = 0.25f;

    private readonly Vector3[] _positions, _colors;
    private readonly int[] _triangles, _ages;
    private readonly Quadric[] _quadrics;
    private readonly List<int>[] _around;
    private readonly bool[] _isBorder;
    private readonly double _colorScale;

    public CollapsibleMesh(Mesh mesh)
    {
        (_positions, _colors, _triangles) = ([.. mesh.Positions], [.. mesh.Colors], [.. mesh.Triangles]);
        (_ages, _quadrics, _isBorder) = (new int[_positions.Length], new Quadric[_positions.Length], new bool[_positions.Length]);
        _around = [.. _positions.Select(_ => new List<int>(8))];
        TriangleCount = mesh.TriangleCount;
        var (low, high) = mesh.Bounds();
        _colorScale = Math.Pow(ColorWeight * Vector3.Distance(low, high), 2);
        for (var t = 0; t < mesh.TriangleCount; t++)
        {
            var area = mesh.AreaVector(t);
            var plane = area == Vector3.Zero ? default : Quadric.Plane(Vector3.Normalize(area), mesh.Corners(t).A, area.Length());
            foreach (var vertex in Corners(t))
            {
                _around[vertex].Add(t);
                _quadrics[vertex] += plane;
            }
        }

        foreach (var (a, b) in Edges())
        {
            var sides = _around[a].Where(t => Corners(t).Contains(b)).ToArray();
            if (sides.Length == 2)
                continue;

            (_isBorder[a], _isBorder[b]) = (true, true);
            var edge = _positions[b] - _positions[a];
            var across = Vector3.Cross(edge, mesh.AreaVector(sides[0]));
            var wall = across == Vector3.Zero ? default : Quadric.Plane(Vector3.Normalize(across), _positions[a], BorderWeight * edge.LengthSquared());
            _quadrics[a] += wall;
            _quadrics[b] += wall;
        }
    }

    /// <summary>Triangles that are left.</summary>
    public int TriangleCount { get; private set; }

    /// <summary>How often a vertex was merged with another; -1 once it is gone.</summary>
    public int AgeOf(int vertex) => _ages[vertex];

    /// <summary>All edges, each once, the smaller vertex first.</summary>
    public IEnumerable<(int A, int B)> Edges() =>
        from vertex in Enumerable.Range(0, _positions.Length) from other in Neighbours(vertex) where vertex < other select (vertex, other);

    /// <summary>The vertices that share an edge with a vertex, each once.</summary>
    public List<int> Neighbours(int vertex)
    {
        var neighbours = new List<int>(8);
        foreach (var t in _around[vertex])
            foreach (var corner in Corners(t))
                if (corner != vertex && !neighbours.Contains(corner))
                    neighbours.Add(corner);
        return neighbours;
    }

    /// <summary>Where the vertex that two become stands best, and what that costs.</summary>
    public (Vector3 Place, double Cost) Best(int a, int b)
    {
        var (pa, pb, quadric) = (_positions[a], _positions[b], _quadrics[a] + _quadrics[b]);
        var color = _colorScale * Vector3.DistanceSquared(_colors[a], _colors[b]) * Vector3.DistanceSquared(pa, pb);
        if (_isBorder[a] != _isBorder[b])
            return Priced(_isBorder[a] ? pa : pb);

        var middle = (pa + pb) / 2;
        if (quadric.Minimum() is { } free && Vector3.DistanceSquared(free, middle) <= Vector3.DistanceSquared(pa, pb))
            return Priced(free);

        return new[] { pa, pb, middle }.Select(Priced).MinBy(choice => choice.Cost);

        (Vector3 Place, double Cost) Priced(Vector3 place) => (place, Math.Max(0, quadric.At(place)) + color);
    }

    /// <summary>Merges two neighbours into one vertex at a place, unless that would harm the surface.</summary>
    public bool TryCollapse(int kept, int gone, Vector3 place)
    {
        if (!KeepsTopology(kept, gone) || Folds(kept, gone, place) || Folds(gone, kept, place))
            return false;

        var edge = _positions[gone] - _positions[kept];
        var share = edge == Vector3.Zero ? 0 : Math.Clamp(Vector3.Dot(place - _positions[kept], edge) / edge.LengthSquared(), 0, 1);
        _colors[kept] = Vector3.Lerp(_colors[kept], _colors[gone], share);
        _positions[kept] = place;
        _quadrics[kept] += _quadrics[gone];
        _isBorder[kept] |= _isBorder[gone];
        foreach (var t in _around[gone])
        {
            if (Corners(t).Contains(kept))
            {
                foreach (var corner in Corners(t))
                    if (corner != gone)
                        _around[corner].Remove(t);
                Corners(t).Fill(-1);
                TriangleCount--;
                continue;
            }
            Corners(t)[Corners(t).IndexOf(gone)] = kept;
            _around[kept].Add(t);
        }
        _around[gone].Clear();
        _ages[gone] = -1;
        _ages[kept]++;
        return true;
    }

    /// <summary>What is left, vertices and triangles in the old order.</summary>
    public Mesh ToMesh()
    {
        var kept = Enumerable.Range(0, _positions.Length).Where(vertex => _around[vertex].Count > 0).ToArray();
        var indexOf = new int[_positions.Length];
        for (var i = 0; i < kept.Length; i++)
            indexOf[kept[i]] = i;

        var positions = Array.ConvertAll(kept, vertex => _positions[vertex]);
        ImmutableArray<int> triangles = [.. _triangles.Where(vertex => vertex >= 0).Select(vertex => indexOf[vertex])];
        return new Mesh(
            ImmutableCollectionsMarshal.AsImmutableArray(positions),
            ImmutableCollectionsMarshal.AsImmutableArray(VertexNormals.Of(positions, triangles)),
            [.. kept.Select(vertex => Vector3.Clamp(_colors[vertex], Vector3.Zero, Vector3.One))],
            triangles);
    }

    private Span<int> Corners(int triangle) => _triangles.AsSpan(3 * triangle, 3);

    /// <summary>
    /// The link condition (Dey et al. 1999): what both vertices touch is what the edge itself touches. So no two sheets meet, no tetrahedron becomes flat, and
    /// an edge inside the surface never joins two borders.
    /// </summary>
    private bool KeepsTopology(int kept, int gone)
    {
        var opposite = new List<int>(2);
        foreach (var t in _around[gone])
            if (Corners(t).Contains(kept))
                foreach (var corner in Corners(t))
                    if (corner != kept && corner != gone)
                        opposite.Add(corner);
        if (opposite.Count is 0 or > 2 || (opposite.Count == 2 && _isBorder[kept] && _isBorder[gone]))
            return false;

        var aroundGone = Neighbours(gone);
        if (Neighbours(kept).Count(aroundGone.Contains) != opposite.Count)
            return false;

        bool HasTriangle(int vertex)
        {
            foreach (var t in _around[vertex])
                if (Corners(t).Contains(opposite[0]) && Corners(t).Contains(opposite[^1]))
                    return true;
            return false;
        }

        // A last triangle between the ends of a border's edge stays, as the two sides of a closed pillow do.
        return opposite.Count == 1 ? _around[kept].Count + _around[gone].Count > 2 : !(HasTriangle(kept) && HasTriangle(gone));
    }

    /// <summary>Whether a triangle of one vertex that the other one does not share would turn over, or lose its area, when the vertex moves to the place.</summary>
    private bool Folds(int vertex, int other, Vector3 place)
    {
        foreach (var t in _around[vertex])
        {
            var corners = Corners(t);
            if (corners.Contains(other))
                continue;

            var at = corners.IndexOf(vertex);
            var (b, c) = (_positions[corners[(at + 1) % 3]], _positions[corners[(at + 2) % 3]]);
            var before = Vector3.Cross(b - _positions[vertex], c - _positions[vertex]);
            var after = Vector3.Cross(b - place, c - place);
            var longest = Math.Max(Vector3.DistanceSquared(b, c), Math.Max(Vector3.DistanceSquared(b, place), Vector3.DistanceSquared(c, place)));
            if (Vector3.Dot(before, after) < SmallestCosine * before.Length() * after.Length() || after.Length() < 1e-3f * longest)
                return true;
        }
        return false;
    }
}
