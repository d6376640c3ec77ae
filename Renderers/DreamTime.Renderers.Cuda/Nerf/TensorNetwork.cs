namespace DreamTime.Renderers.Cuda;

/// <summary>
/// A field's network on tensor cores, in float32 accuracy: 32 or 64 neurons in one or two hidden layers. It keeps no activations in memory, and sums the weights' gradient where it makes it.
/// </summary>
internal sealed class TensorNetwork : IDisposable
{
    // Of the backward pass, each over many tiles: two for each of a large GPU's multiprocessors.
    private const int MostBlocks = 264;

    // Samples of a block.
    private const int Tile = 64;

    private readonly IKernelDevice _device;
    private readonly NerfOptions _options;
    private readonly int _fragments;
    private readonly FieldHeadShape _head;
    private readonly DeviceArray<float> _across, _down;

    public TensorNetwork(IKernelDevice device, NerfOptions options, FieldHeadShape head)
    {
        (_device, _options, _head) = (device, options, head);
        // Inputs are padded to 32 and outputs to 8. A fragment is a quad for every two of the padded weights.
        _fragments = (NerfKernels.MaxInputs + (options.HiddenLayers - 1) * options.HiddenWidth + 8) * options.HiddenWidth / 2;
        (_across, _down) = (new DeviceArray<float>(device, 4L * _fragments), new DeviceArray<float>(device, 4L * _fragments));
    }

    /// <summary>The weights as the kernels read them.</summary>
    public void Prepare(CudaParameters weights) => _device.Launch(
        NerfKernels.MlpFragments, NerfKernels.MlpFragments.BlocksFor(_fragments),
        weights.Values, 2 * _options.Levels, _options.HiddenWidth, _options.HiddenLayers, _across, _down);

    /// <summary>Fills in densities and colours.</summary>
    public void Forward(CudaSamples samples) => _device.Launch(
        NerfKernels.MlpTensorForward(_options.HiddenWidth, _options.HiddenLayers), Tiles(samples),
        samples.Features, samples.Stride, samples.Count, 2 * _options.Levels, _across, _head.Activation, _head.Blob, _options.CubeRadius,
        samples.X, samples.Y, samples.Z, samples.Density, samples.Red, samples.Green, samples.Blue);

    /// <summary>Writes the features' gradients and adds to the weights' gradient; the samples hold gradients in the places of density and colour.</summary>
    public void Backward(CudaSamples samples, CudaParameters weights) => _device.Launch(
        NerfKernels.MlpTensorBackward(_options.HiddenWidth, _options.HiddenLayers), Math.Min(MostBlocks, Tiles(samples)),
        samples.Features, samples.Stride, samples.Count, 2 * _options.Levels, _across, _down, _head.Activation, _head.Blob, _options.CubeRadius,
        samples.X, samples.Y, samples.Z, samples.Density, samples.Red, samples.Green, samples.Blue, samples.FeatureGradients, weights.Gradient);

    public void Dispose()
    {
        _across.Dispose();
        _down.Dispose();
    }

    private static int Tiles(CudaSamples samples) => (samples.Count + Tile - 1) / Tile;
}
