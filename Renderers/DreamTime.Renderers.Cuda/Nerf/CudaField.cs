namespace DreamTime.Renderers.Cuda;

/// <summary>Density and colour in space on a device: a hash grid's features through a small network, forward and backward, with the CPU field's layout and beginning.</summary>
internal sealed class CudaField : IDisposable
{
    private const int Outputs = 4;

    // Samples whose activations are kept at once in the backward pass.
    private const int Chunk = 1 << 18;

    // Samples that one block sums a weight's gradient over: few enough for all of the GPU to have a block.
    private const int Slab = 1 << 8;

    private readonly IKernelDevice _device;
    private readonly NerfOptions _options;
    private readonly HashGridLayout _grid;
    private readonly MlpLayout _network;
    private readonly PaddedNetwork _plain;
    private readonly DeviceArray<float> _activations, _gradients;
    private readonly TensorNetwork? _tensors;

    /// <param name="device">What computes it.</param>
    /// <param name="options">Shape of the grid and the network.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="tensorCores">Whether the network runs on tensor cores; null where the device has them and the network fits.</param>
    /// <param name="head">What the first output becomes; null for a density.</param>
    public CudaField(IKernelDevice device, NerfOptions options, long seed, bool? tensorCores = null, FieldHeadShape? head = null)
    {
        (_device, _options) = (device, options);
        Head = head ?? FieldHeadShape.Density(options);
        if (tensorCores ?? device.HasTensorCores && NerfKernels.FitTensorCores(options.HiddenWidth, options.HiddenLayers))
            _tensors = new TensorNetwork(device, options, Head);
        var field = new NerfField(options, new DensityValue(options), seed, new ParallelOptions());
        (_grid, _network) = (field.Grid, field.Network);
        (Table, Weights) = (new CudaParameters(device, field.Table.Values.Length), new CudaParameters(device, field.Weights.Values.Length));
        ActiveLevels = field.ActiveLevels;
        Table.Values.Upload(field.Table.Values);
        Weights.Values.Upload(field.Weights.Values);
        Levels = new DeviceArray<int>(device, 4 * _grid.Levels.Length);
        Levels.Upload(_grid.Levels.SelectMany(level => (int[])[level.Resolution, level.Offset, level.Mask, 0]).ToArray());
        _plain = new PaddedNetwork(device, _network, Features);
        (_activations, _gradients) = (new DeviceArray<float>(device), new DeviceArray<float>(device));
    }

    public CudaParameters Table { get; }

    public CudaParameters Weights { get; }

    public int Features => 2 * _grid.Levels.Length;

    /// <summary>Half the side of the unit cube, in world units.</summary>
    public float Radius => _options.CubeRadius;

    /// <summary>Of each level: resolution, first entry, mask, 0.</summary>
    public DeviceArray<int> Levels { get; }

    public MlpLayout Network => _network;

    public FieldHeadShape Head { get; }

    /// <summary>Levels from the coarsest on that are read and learn; the features of finer ones are 0.</summary>
    public int ActiveLevels { get; set; }

    /// <summary>The padded networks' matrices, made anew from the weights.</summary>
    public void Prepare()
    {
        if (_tensors is not null)
            _tensors.Prepare(Weights);
        else
            _plain.Fill(Weights);
    }

    /// <summary>Fills in features, densities and colours; <see cref="Prepare"/> comes before.</summary>
    public void Evaluate(CudaSamples samples)
    {
        if (samples.Count == 0)
            return;
        Encode(samples);
        ForwardNetwork(samples);
    }

    public void Encode(CudaSamples samples)
    {
        var blocks = NerfKernels.EncodeForward.BlocksFor(samples.Count);
        if (ActiveLevels < _grid.Levels.Length)
            _device.Clear(samples.Features.At(2L * ActiveLevels * samples.Stride), 2L * (_grid.Levels.Length - ActiveLevels) * samples.Stride * sizeof(float));
        _device.Launch(
            NerfKernels.EncodeForward, blocks * ActiveLevels,
            Levels, Table.Values, samples.X, samples.Y, samples.Z, samples.Count, samples.Stride, blocks, samples.Features);
    }

    public void ForwardNetwork(CudaSamples samples)
    {
        if (_tensors is not null)
        {
            _tensors.Forward(samples);
            return;
        }

        var kernel = NerfKernels.MlpForward(_plain.Width);
        _device.Launch(
            kernel, kernel.BlocksFor(samples.Count),
            samples.Features, samples.Stride, samples.Count, Features, _network.HiddenLayers, _plain.Across, Head.Activation, Head.Blob, _options.CubeRadius,
            samples.X, samples.Y, samples.Z, samples.Density, samples.Red, samples.Green, samples.Blue);
    }

    /// <summary>Adds to the gradients of the parameters; the samples hold gradients in the places of density and colour.</summary>
    public void Backward(CudaSamples samples)
    {
        if (samples.Count == 0)
            return;
        BackwardNetwork(samples);
        BackwardEncoding(samples);
    }

    public void BackwardNetwork(CudaSamples samples)
    {
        if (_tensors is not null)
        {
            _tensors.Backward(samples, Weights);
            return;
        }

        var kept = Math.Min(Chunk, samples.Stride);
        _activations.Reserve((long)_network.HiddenLayers * _plain.Width * kept);
        _gradients.Reserve((long)(_network.HiddenLayers * _plain.Width + Outputs) * kept);
        var kernel = NerfKernels.MlpBackward(_plain.Width);
        for (var first = 0; first < samples.Count; first += kept)
        {
            var count = Math.Min(kept, samples.Count - first);
            _device.Launch(
                kernel, kernel.BlocksFor(count),
                samples.Features, samples.Stride, first, count, kept, Features, _network.HiddenLayers, _plain.Across, _plain.Down,
                Head.Activation, Head.Blob, _options.CubeRadius, samples.X, samples.Y, samples.Z,
                samples.Density, samples.Red, samples.Green, samples.Blue, _activations, _gradients, samples.FeatureGradients);
            for (var l = 0; l < _network.Layers.Length; l++)
            {
                var (inputs, stride) = l == 0 ? (samples.Features.At(first), samples.Stride) : (_activations.At((long)(l - 1) * _plain.Width * kept), kept);
                AddWeightGradient(_network.Layers[l], _gradients.At((long)l * _plain.Width * kept), kept, inputs, stride, count);
            }
        }
    }

    public void BackwardEncoding(CudaSamples samples)
    {
        var blocks = NerfKernels.EncodeBackward.BlocksFor(samples.Count);
        _device.Launch(
            NerfKernels.EncodeBackward, blocks * ActiveLevels,
            Levels, samples.X, samples.Y, samples.Z, samples.Count, samples.Stride, blocks, samples.FeatureGradients, Table.Gradient);
    }

    /// <summary>Writes the gradients of the positions in the unit cube, [3][stride], from those of the features, which <see cref="BackwardNetwork"/> left.</summary>
    public void Slopes(CudaSamples samples, DeviceArray<float> slopes)
    {
        slopes.Reserve(3L * samples.Stride);
        _device.Launch(
            NerfKernels.EncodeSlope, NerfKernels.EncodeSlope.BlocksFor(samples.Count),
            Levels, ActiveLevels, Table.Values, samples.X, samples.Y, samples.Z, samples.Count, samples.Stride, samples.FeatureGradients, slopes);
    }

    public void Dispose()
    {
        Table.Dispose();
        Weights.Dispose();
        Levels.Dispose();
        _tensors?.Dispose();
        foreach (var part in (IDisposable[])[_plain, _activations, _gradients])
            part.Dispose();
    }

    /// <summary>Adds to the gradient of a layer's weights, from planes of its outputs' gradients and of its inputs.</summary>
    public void AddWeightGradient(MlpLayout.Layer layer, nint gradients, int gradientStride, nint inputs, int inputStride, int samples)
    {
        const int Tile = 64;
        var (across, down) = ((layer.Inputs + Tile - 1) / Tile, (layer.Outputs + Tile - 1) / Tile);
        _device.Launch(
            NerfKernels.MlpWeightGradient, across * down * ((samples + Slab - 1) / Slab),
            gradients, gradientStride, layer.Outputs, inputs, inputStride, layer.Inputs, samples, Slab, across, across * down, Weights.Gradient.At(layer.Offset));
    }
}
