namespace DreamTime.Renderers;

/// <summary>
/// The samples of a batch of rays, ray after ray, as planes: where they are, and what the field says there. Buffers grow and are kept.
/// </summary>
internal sealed class Samples
{
    private int _rays;

    /// <summary>How many samples there are.</summary>
    public int Count { get; private set; }

    /// <summary><see cref="Count"/> rounded up to whole tiles; the samples in between are at the origin and take no gradient.</summary>
    public int Padded => (Count + Mlp.Tile - 1) / Mlp.Tile * Mlp.Tile;

    /// <summary>Floats from one plane of <see cref="Features"/> to the next. It leaves the planes' beginnings in different sets of the cache.</summary>
    public int Stride { get; private set; }

    /// <summary>The first sample of each ray, and at the end <see cref="Count"/>.</summary>
    public int[] RayStart { get; private set; } = [0];

    /// <summary>Positions in the unit cube: x of each sample.</summary>
    public float[] X { get; private set; } = [];

    /// <summary>y of each sample.</summary>
    public float[] Y { get; private set; } = [];

    /// <summary>z of each sample.</summary>
    public float[] Z { get; private set; } = [];

    /// <summary>Along the ray, in world units.</summary>
    public float[] Distance { get; private set; } = [];

    /// <summary>Per world unit; after the compositing's backward pass, its gradient.</summary>
    public float[] Density { get; private set; } = [];

    /// <summary>0..1, as green and blue are; after the compositing's backward pass, their gradients.</summary>
    public float[] Red { get; private set; } = [];

    /// <summary>0..1.</summary>
    public float[] Green { get; private set; } = [];

    /// <summary>0..1.</summary>
    public float[] Blue { get; private set; } = [];

    /// <summary>The hash grid's features, plane after plane; after the network's backward pass, their gradients.</summary>
    public float[] Features { get; private set; } = [];

    /// <summary>Makes room. What was there is lost.</summary>
    /// <param name="counts">Samples of each ray.</param>
    /// <param name="features">Planes of features.</param>
    public void Allocate(ReadOnlySpan<int> counts, int features)
    {
        _rays = counts.Length;
        if (RayStart.Length <= _rays)
            RayStart = new int[_rays + 1];
        for (var r = 0; r < _rays; r++)
            RayStart[r + 1] = checked(RayStart[r] + counts[r]);
        Count = RayStart[_rays];
        if (Padded > Density.Length || (long)features * Stride > Features.Length)
            Grow(features);

        foreach (var plane in (ReadOnlySpan<float[]>)[X, Y, Z])
            plane.AsSpan(Count, Padded - Count).Fill(0.5f);
    }

    private void Grow(int features)
    {
        // One and a half times what is needed, since a growing object needs a little more every time.
        var wanted = Padded > Density.Length ? Padded + Padded / 2 : Density.Length;
        Stride = (wanted + 1023) / 1024 * 1024 + Mlp.Tile;
        (X, Y, Z, Distance) = (Plane(), Plane(), Plane(), Plane());
        (Density, Red, Green, Blue) = (Plane(), Plane(), Plane(), Plane());
        Features = GC.AllocateUninitializedArray<float>(checked(features * Stride));

        float[] Plane() => GC.AllocateUninitializedArray<float>(Stride);
    }

    /// <summary>Keeps the first samples of every ray, everything known about them, and closes the gaps.</summary>
    /// <param name="used">How many of each ray.</param>
    /// <param name="features">Planes of features.</param>
    /// <param name="parallel">How many threads.</param>
    public void Keep(int[] used, int features, ParallelOptions parallel)
    {
        float[][] planes = [X, Y, Z, Distance, Density, Red, Green, Blue];
        Parallel.For(0, planes.Length + features, parallel, p =>
        {
            var plane = p < planes.Length ? planes[p].AsSpan() : Features.AsSpan((p - planes.Length) * Stride, Stride);
            var to = 0;
            for (var r = 0; r < _rays; r++)
            {
                if (to != RayStart[r])
                    plane.Slice(RayStart[r], used[r]).CopyTo(plane[to..]);
                to += used[r];
            }
        });
        Allocate(used.AsSpan(0, _rays), features);
    }
}
