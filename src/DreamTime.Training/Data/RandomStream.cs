using System.Numerics;

namespace DreamTime.Training;

/// <summary>A stream of random numbers that is a pure function of its seed and index: SplitMix64 (Steele, Lea and Flood 2014).</summary>
/// <param name="seed">Names the data set.</param>
/// <param name="index">Names the stream within it.</param>
public sealed class RandomStream(long seed, long index)
{
    private ulong state = Finalize(Finalize((ulong)seed) ^ (ulong)index);

    /// <summary>A uniform number in [0, 1).</summary>
    public float Uniform() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>A uniform number between two bounds.</summary>
    public float Range(float from, float to) => from + (to - from) * Uniform();

    /// <summary>A uniform integer in [0, count).</summary>
    public int Below(int count) => (int)((Next() >> 32) * (ulong)count >> 32);

    /// <summary>True with the given probability.</summary>
    public bool Chance(float probability) => Uniform() < probability;

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>A point of the cube [-1, 1]^3.</summary>
    public Vector3 Cube() => new(Range(-1, 1), Range(-1, 1), Range(-1, 1));

    private ulong Next() => Finalize(state += 0x9E3779B97F4A7C15);

    private static ulong Finalize(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
