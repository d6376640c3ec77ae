using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>What the device can do at most, as measured just now.</summary>
/// <param name="Bandwidth">Bytes a second of a copy within its memory, read and written.</param>
/// <param name="Arithmetic">Floating-point operations a second, a fused multiply-add as two.</param>
internal sealed record Ceilings(double Bandwidth, double Arithmetic)
{
    private static readonly Kernel Copy = new("ceilings", "copy", 256);
    private static readonly Kernel Multiply = new("ceilings", "multiply_add", 256);

    public static Ceilings Measure(CudaDevice device)
    {
        const int Quads = 1 << 27, Rounds = 1 << 12, ChainsOfFour = 4;
        using var from = new DeviceArray<float>(device, 4L * Quads);
        using var to = new DeviceArray<float>(device, 4L * Quads);
        var copying = Median(device, 5, () => device.Launch(Copy, Copy.BlocksFor(Quads), from, to, Quads));
        var blocks = 16 * device.Info.Multiprocessors;
        var multiplying = Median(device, 5, () => device.Launch(Multiply, blocks, to, Rounds));
        return new(2.0 * 16 * Quads / (copying / 1e3), 2.0 * ChainsOfFour * 4 * Rounds * blocks * Multiply.Threads / (multiplying / 1e3));
    }

    /// <summary>The median time of several runs, after two that do not count.</summary>
    public static double Median(CudaDevice device, int runs, Action action)
    {
        action();
        action();
        var times = Enumerable.Range(0, runs).Select(_ => device.Time(action)).Order().ToArray();
        return times[times.Length / 2];
    }
}
