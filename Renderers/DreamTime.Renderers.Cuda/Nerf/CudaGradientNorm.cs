namespace DreamTime.Renderers.Cuda;

/// <summary>The length of a gradient that lies in several arrays on a device, which is waited for once.</summary>
internal sealed class CudaGradientNorm(IKernelDevice device) : IDisposable
{
    private readonly DeviceArray<double> _sums = new(device);

    /// <summary>The Euclidean norm.</summary>
    /// <param name="parts">Whose gradient, and what the parts are called; at least one.</param>
    /// <param name="steps">Steps taken.</param>
    /// <exception cref="NotFiniteNumberException">A part is not finite; the message names it.</exception>
    public double Of(IReadOnlyList<(CudaParameters Parameters, string Name)> parts, int steps)
    {
        _sums.Reserve(parts.Count);
        _sums.Clear();
        for (var i = 0; i < parts.Count; i++)
            if (parts[i].Parameters.Count > 0)
                parts[i].Parameters.AddSquaredNorm(_sums.At(i));
        var sums = new double[parts.Count];
        _sums.Download(sums);
        return Math.Sqrt(sums.Zip(parts).Sum(pair => RendererContract.Finite(pair.First, pair.Second.Name, steps)));
    }

    public void Dispose() => _sums.Dispose();
}
