namespace DreamTime.Renderers.Cuda;

/// <summary>Numbers on a device that are learned, their gradient, and Adam's two moments of it.</summary>
internal sealed class CudaParameters(IKernelDevice device, int count) : IDisposable
{
    private const int NormBlocks = 1024;

    public int Count => count;

    public DeviceArray<float> Values { get; } = new(device, count);

    public DeviceArray<float> Gradient { get; } = new(device, count);

    public DeviceArray<float> Mean { get; } = new(device, count);

    public DeviceArray<float> Square { get; } = new(device, count);

    /// <summary>All four, in the order of the state's file.</summary>
    public IReadOnlyList<DeviceArray<float>> Arrays => [Values, Gradient, Mean, Square];

    /// <summary>Adds the sum of squares of the gradient to a double on the device.</summary>
    public void AddSquaredNorm(nint sum) =>
        device.Launch(NerfKernels.SquaredNorm, Math.Min(NormBlocks, NerfKernels.SquaredNorm.BlocksFor(count)), Gradient, count, sum);

    /// <summary>One step of Adam; the gradient is 0 afterwards.</summary>
    /// <param name="step">1 for the first step.</param>
    /// <param name="learningRate">The step's size where the gradient keeps its sign.</param>
    public void Step(int step, float learningRate)
    {
        var rate = (float)(learningRate / (1 - Math.Pow(DreamTime.Renderers.Adam.Beta1, step)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(DreamTime.Renderers.Adam.Beta2, step)));
        device.Launch(NerfKernels.Adam, NerfKernels.Adam.BlocksFor(count), Values, Gradient, Mean, Square, count, rate, correction);
    }

    public void Dispose()
    {
        foreach (var array in Arrays)
            array.Dispose();
    }
}
