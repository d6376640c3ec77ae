namespace DreamTime.Renderers;

/// <summary>Which triangles may be seen in which tile of an image, in order.</summary>
internal sealed class TriangleTiles
{
    /// <summary>Side of a tile in pixels.</summary>
    public const int Side = 32;

    private readonly int[] _starts, _triangles;

    public TriangleTiles(ProjectedSurface projected, int height, int width, ParallelOptions parallel)
    {
        (Columns, Rows) = ((width + Side - 1) / Side, (height + Side - 1) / Side);
        Bounds = new (int, int, int, int)[projected.Surface.TriangleCount];
        const int block = 1 << 10;
        Parallel.For(0, (Bounds.Length + block - 1) / block, parallel, b =>
        {
            for (var t = b * block; t < Math.Min(Bounds.Length, (b + 1) * block); t++)
                Bounds[t] = projected.Bounds(t, height, width);
        });

        _starts = new int[Columns * Rows + 1];
        Visit((tile, _) => _starts[tile + 1]++);
        for (var tile = 0; tile < Columns * Rows; tile++)
            _starts[tile + 1] = checked(_starts[tile + 1] + _starts[tile]);
        var next = _starts.AsSpan(0, Columns * Rows).ToArray();
        _triangles = new int[_starts[^1]];
        Visit((tile, triangle) => _triangles[next[tile]++] = triangle);
    }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>The pixels of each triangle; the ends belong to them.</summary>
    public (int Left, int Right, int Top, int Bottom)[] Bounds { get; }

    public ReadOnlySpan<int> TrianglesOf(int tile) => _triangles.AsSpan(_starts[tile].._starts[tile + 1]);

    private void Visit(Action<int, int> visit)
    {
        for (var t = 0; t < Bounds.Length; t++)
        {
            var (left, right, top, bottom) = Bounds[t];
            if (left > right || top > bottom)
                continue;

            for (var row = top / Side; row <= bottom / Side; row++)
                for (var column = left / Side; column <= right / Side; column++)
                    visit(row * Columns + column, t);
        }
    }
}
