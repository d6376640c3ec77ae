namespace DreamTime.Renderers.Cuda;

/// <summary>A network's matrices as the kernels without tensor cores read them: hidden layers padded to one of the widths that there are kernels for.</summary>
internal sealed class PaddedNetwork : IDisposable
{
    private const int Outputs = 4;

    private readonly IKernelDevice _device;
    private readonly MlpLayout _network;
    private readonly int _features;

    /// <param name="device">Where it lies.</param>
    /// <param name="network">Its shape.</param>
    /// <param name="features">Its inputs.</param>
    public PaddedNetwork(IKernelDevice device, MlpLayout network, int features)
    {
        (_device, _network, _features, Width) = (device, network, features, NerfKernels.PaddedWidth(network.Width));
        var room = (NerfKernels.MaxInputs + (network.HiddenLayers - 1) * Width + Outputs) * Width;
        (Across, Down) = (new DeviceArray<float>(device, room), new DeviceArray<float>(device, room));
    }

    /// <summary>Of a hidden layer.</summary>
    public int Width { get; }

    /// <summary>Each layer's [inputs][outputs].</summary>
    public DeviceArray<float> Across { get; }

    /// <summary>Each layer's [outputs][inputs].</summary>
    public DeviceArray<float> Down { get; }

    /// <summary>Makes both anew from the weights.</summary>
    public void Fill(CudaParameters weights) => _device.Launch(
        NerfKernels.MlpPad, NerfKernels.MlpPad.BlocksFor(Across.Length),
        weights.Values, _features, _network.Width, _network.HiddenLayers, Width, Across, Down);

    public void Dispose()
    {
        Across.Dispose();
        Down.Dispose();
    }
}
