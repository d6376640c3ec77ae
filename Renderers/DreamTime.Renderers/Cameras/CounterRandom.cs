namespace DreamTime.Renderers;

/// <summary>
/// Random numbers without a state: each is a hash of where it is used, so that a resumed or reordered run draws the same ones.
/// </summary>
public static class CounterRandom
{
    /// <summary>A uniform number in [0, 1), a pure function of its arguments.</summary>
    public static double Uniform(long seed, int step, int view, int dimension)
    {
        var hash = Mix((ulong)seed);
        hash = Mix(hash ^ (uint)step);
        hash = Mix(hash ^ (uint)view);
        hash = Mix(hash ^ (uint)dimension);
        return (hash >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): one step of the Weyl sequence and its finaliser, a bijection of 64 bits.</summary>
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
