using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Which texels of a square texture the triangles of an atlas cover, and where on the surface they lie.</summary>
internal sealed class TexelGrid
{
    private const int Empty = -1;

    private readonly int _size;
    private readonly int[] _indexOf;
    private readonly List<Vector3> _positions = [];
    private readonly List<(int Triangle, Vector3 Weights)> _places = [];

    private TexelGrid(int size)
    {
        _size = size;
        _indexOf = new int[size * size];
        Array.Fill(_indexOf, Empty);
    }

    /// <summary>Covered texels.</summary>
    public int Count => Positions.Length;

    /// <summary>The place of each covered texel, a depth below the surface.</summary>
    public Vector3[] Positions { get; private set; } = [];

    /// <summary>The triangle of each covered texel, and its corners' weights there.</summary>
    public IReadOnlyList<(int Triangle, Vector3 Weights)> Places => _places;

    /// <summary>Goes over all triangles.</summary>
    public static TexelGrid Of(Mesh mesh, UvAtlas atlas, int size, float depth)
    {
        var grid = new TexelGrid(size);
        for (var t = 0; t < mesh.TriangleCount; t++)
            grid.Cover(mesh, atlas, t, depth);

        // A texture so coarse that it misses every triangle still shows the first one's colour.
        if (grid._positions.Count == 0)
            grid.Set(0, 0, new Vector3(1f / 3), Below(mesh, 0, new Vector3(1f / 3), depth));
        grid.Positions = [.. grid._positions];
        return grid;
    }

    /// <summary>For every texel the covered texel nearest to it, in steps along rows and columns; breadth first from all covered ones.</summary>
    public int[] Nearest()
    {
        var nearest = (int[])_indexOf.Clone();
        var queue = new Queue<int>(Enumerable.Range(0, nearest.Length).Where(texel => nearest[texel] != Empty));
        while (queue.TryDequeue(out var texel))
        {
            var (x, y) = (texel % _size, texel / _size);
            Reach(x > 0, texel - 1);
            Reach(x < _size - 1, texel + 1);
            Reach(y > 0, texel - _size);
            Reach(y < _size - 1, texel + _size);

            void Reach(bool isThere, int next)
            {
                if (!isThere || nearest[next] != Empty)
                    return;

                nearest[next] = nearest[texel];
                queue.Enqueue(next);
            }
        }
        return nearest;
    }

    private void Cover(Mesh mesh, UvAtlas atlas, int triangle, float depth)
    {
        var (a, b, c) = atlas.Corners(triangle);
        (a, b, c) = (a * _size, b * _size, c * _size);
        var area = Cross(b - a, c - a);
        if (area == 0)
            return;

        var (low, high) = (Vector2.Min(a, Vector2.Min(b, c)), Vector2.Max(a, Vector2.Max(b, c)));
        for (var y = Math.Max(0, (int)(low.Y - 0.5f)); y <= Math.Min(_size - 1, (int)(high.Y + 0.5f)); y++)
            for (var x = Math.Max(0, (int)(low.X - 0.5f)); x <= Math.Min(_size - 1, (int)(high.X + 0.5f)); x++)
            {
                var center = new Vector2(x + 0.5f, y + 0.5f);
                var weights = new Vector3(Cross(b - center, c - center), Cross(c - center, a - center), Cross(a - center, b - center)) / area;
                if (weights.X >= 0 && weights.Y >= 0 && weights.Z >= 0 && _indexOf[y * _size + x] == Empty)
                    Set(y * _size + x, triangle, weights, Below(mesh, triangle, weights, depth));
            }
    }

    private void Set(int texel, int triangle, Vector3 weights, Vector3 position)
    {
        _indexOf[texel] = _positions.Count;
        _places.Add((triangle, weights));
        _positions.Add(position);
    }

    private static Vector3 Below(Mesh mesh, int triangle, Vector3 weights, float depth)
    {
        var (a, b, c) = mesh.Corners(triangle);
        Vector3 Normal(int corner) => mesh.Normals[mesh.Triangles[3 * triangle + corner]];

        var normal = weights.X * Normal(0) + weights.Y * Normal(1) + weights.Z * Normal(2);
        var length = normal.Length();
        return weights.X * a + weights.Y * b + weights.Z * c - (length > 1e-6f ? depth / length * normal : Vector3.Zero);
    }

    private static float Cross(Vector2 a, Vector2 b) => a.X * b.Y - a.Y * b.X;
}
