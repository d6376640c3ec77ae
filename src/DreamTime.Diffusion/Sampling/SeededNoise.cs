using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The noise of a batch: each row draws from its own generator, so that it depends on its seed and not on its neighbours.</summary>
internal sealed class SeededNoise : IDisposable
{
    private readonly Generator[] generators;
    private readonly long[] shape;

    /// <summary>Seeds the rows with consecutive numbers.</summary>
    /// <param name="seed">The first row's.</param>
    /// <param name="rows">How many.</param>
    /// <param name="shape">Of one row, [c, h, w].</param>
    public SeededNoise(long seed, int rows, params long[] shape)
    {
        this.shape = [1, .. shape];
        generators = [.. Enumerable.Range(0, rows).Select(row => new Generator((ulong)(seed + row), CPU))];
    }

    /// <summary>The next draw of standard normal numbers, [rows, c, h, w].</summary>
    public Tensor Next()
    {
        using var scope = NewDisposeScope();
        return cat([.. generators.Select(generator => randn(shape, generator: generator))], 0).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var generator in generators)
            generator.Dispose();
    }
}
