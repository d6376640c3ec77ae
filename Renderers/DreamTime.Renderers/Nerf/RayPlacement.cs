namespace DreamTime.Renderers;

/// <summary>Places the samples of a batch of rays.</summary>
internal sealed class RayPlacement(RayMarcher marcher, ParallelOptions parallel)
{
    private int[] _counts = [];
    private float[] _distances = [];

    /// <summary>Samples of one ray of the last batch.</summary>
    public int CountOf(int ray) => _counts[ray];

    /// <summary>Fills positions and distances.</summary>
    /// <param name="rays">Of a render.</param>
    /// <param name="first">The batch's first ray.</param>
    /// <param name="count">Rays of the batch.</param>
    /// <param name="seed">Of the jitter, or null for the centres of the intervals.</param>
    /// <param name="samples">Are made anew.</param>
    /// <param name="features">Planes of features that the samples will hold.</param>
    public void Place(RenderedRays rays, int first, int count, long? seed, Samples samples, int features)
    {
        var max = marcher.MaxSamples;
        if (_counts.Length < count || _distances.Length < count * max)
            (_counts, _distances) = (new int[count], new float[checked(count * max)]);
        Parallel.For(0, count, parallel, i =>
        {
            var (origin, direction) = rays.Ray(first + i);
            uint? jitter = seed is { } s ? (uint)(CounterRandom.Uniform(s, first + i, 0, 0) * (1L << 32)) : null;
            _counts[i] = marcher.March(origin, direction, jitter, _distances.AsSpan(i * max, max));
        });

        samples.Allocate(_counts.AsSpan(0, count), features);
        Parallel.For(0, count, parallel, i =>
        {
            var (origin, direction) = rays.Ray(first + i);
            for (var k = 0; k < _counts[i]; k++)
            {
                var (at, distance) = (samples.RayStart[i] + k, _distances[i * max + k]);
                var unit = marcher.ToUnit(origin + distance * direction);
                (samples.X[at], samples.Y[at], samples.Z[at], samples.Distance[at]) = (unit.X, unit.Y, unit.Z, distance);
            }
        });
    }
}
