namespace DreamTime.Renderers;

/// <summary>
/// Which Gaussians reach which tile of an image, nearest first. A Gaussian in a tile is an instance; instances are numbered Gaussian by Gaussian, so that sums over
/// a Gaussian's instances have one order whatever the threads do.
/// </summary>
internal sealed class SplatTiles
{
    /// <summary>Side of a tile in pixels: two vectors of eight.</summary>
    public const int Side = 16;

    private readonly int[] _starts;
    private readonly int[] _instances;

    public SplatTiles(ProjectedSplats projected, int height, int width, ParallelOptions parallel)
    {
        (Columns, Rows) = ((width + Side - 1) / Side, (height + Side - 1) / Side);
        FirstInstance = new int[projected.Count + 1];
        for (var i = 0; i < projected.Count; i++)
            FirstInstance[i + 1] = checked(FirstInstance[i] + Covered(projected, i).Count);

        var count = FirstInstance[projected.Count];
        GaussianOf = new int[count];
        _instances = new int[count];
        _starts = new int[Columns * Rows + 1];
        Visit(projected, (tile, _, _) => _starts[tile + 1]++);
        for (var tile = 0; tile < Columns * Rows; tile++)
            _starts[tile + 1] += _starts[tile];

        var next = _starts.AsSpan(0, Columns * Rows).ToArray();
        var depth = new float[count];
        Visit(projected, (tile, instance, gaussian) =>
        {
            GaussianOf[instance] = gaussian;
            depth[next[tile]] = projected.Depth[gaussian];
            _instances[next[tile]++] = instance;
        });
        Parallel.For(0, Columns * Rows, parallel, tile => Array.Sort(depth, _instances, _starts[tile], _starts[tile + 1] - _starts[tile]));
    }

    public int Columns { get; }

    public int Rows { get; }

    public int Instances => GaussianOf.Length;

    /// <summary>The Gaussian of each instance.</summary>
    public int[] GaussianOf { get; }

    /// <summary>A Gaussian's instances are those from its own number to the next one's.</summary>
    public int[] FirstInstance { get; }

    /// <summary>The instances of a tile, nearest first.</summary>
    public ReadOnlySpan<int> InstancesOf(int tile) => _instances.AsSpan(_starts[tile].._starts[tile + 1]);

    private static (int Left, int Right, int Top, int Bottom, int Count) Covered(ProjectedSplats projected, int i)
    {
        if (!projected.IsSeen(i))
            return default;

        var (left, right, top, bottom) = projected.Bounds[i];
        var (l, r, t, b) = (left / Side, right / Side + 1, top / Side, bottom / Side + 1);
        return (l, r, t, b, (r - l) * (b - t));
    }

    private void Visit(ProjectedSplats projected, Action<int, int, int> visit)
    {
        for (var i = 0; i < projected.Count; i++)
        {
            var (left, right, top, bottom, count) = Covered(projected, i);
            if (count == 0)
                continue;

            var instance = FirstInstance[i];
            for (var row = top; row < bottom; row++)
                for (var column = left; column < right; column++)
                    visit(row * Columns + column, instance++, i);
        }
    }
}
