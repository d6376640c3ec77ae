namespace DreamTime.Renderers.Cuda;

/// <summary>A function that runs on every thread of many blocks.</summary>
/// <param name="Module">The source file in <c>Kernels/</c>, without its ending.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Threads">Threads of a block, a multiple of 32.</param>
public readonly record struct Kernel(string Module, string Name, int Threads)
{
    /// <summary>The fewest blocks that have so many threads, at least one.</summary>
    public int BlocksFor(long threads) => checked((int)Math.Max(1, (threads + Threads - 1) / Threads));
}
