namespace DreamTime.Renderers.Cuda;

/// <summary>
/// The slope of the network's first output and of a density's blob at samples on a device, exactly: backwards through the network once, then through the grid's interpolation. Its own
/// gradient is that of the change of the output along dL/dslope: what <see cref="AnalyticSlope"/> is on the CPU.
/// </summary>
internal sealed class CudaAnalyticSlope : IDisposable
{
    // Samples whose tangents are kept at once in the backward pass.
    private const int Chunk = 1 << 18;

    private readonly IKernelDevice _device;
    private readonly CudaField _field;
    private readonly PaddedNetwork _network;
    private readonly DeviceArray<float> _unit, _tangents, _passed, _gradients;

    /// <param name="device">What computes it.</param>
    /// <param name="field">Whose slope.</param>
    public CudaAnalyticSlope(IKernelDevice device, CudaField field)
    {
        (_device, _field, _network) = (device, field, new PaddedNetwork(device, field.Network, field.Features));
        (_unit, _tangents, _passed, _gradients) = (new(device), new(device), new(device), new(device));
    }

    /// <summary>Fills slopes per world unit, [3][samples], and leaves d(output)/d(feature) in the place of the features' gradients.</summary>
    /// <param name="samples">As the field's evaluation left them.</param>
    /// <param name="slopes">Where they go.</param>
    public void Fill(CudaSamples samples, DeviceArray<float> slopes)
    {
        slopes.Reserve(Math.Max(1, 3L * samples.Count));
        if (samples.Count == 0)
            return;
        _network.Fill(_field.Weights);
        FillNetwork(samples);
        _field.Slopes(samples, _unit);
        _device.Launch(
            NerfKernels.SlopeWorld, NerfKernels.SlopeWorld.BlocksFor(samples.Count),
            samples.X, samples.Y, samples.Z, samples.Count, samples.Stride, _field.Head.Blob, _field.Radius, _unit, slopes);
    }

    /// <summary>Adds to the gradients of the field's parameters. Comes before the field's own backward pass, which uses up what <see cref="Fill"/> left.</summary>
    /// <param name="samples">Those of the last <see cref="Fill"/>.</param>
    /// <param name="gradient">dL/dslope, [3][samples].</param>
    public void Backward(CudaSamples samples, DeviceArray<float> gradient)
    {
        var (hidden, padded, kept) = (_field.Network.HiddenLayers, _network.Width, Math.Min(Chunk, samples.Stride));
        _tangents.Reserve((long)_field.Features * kept);
        _passed.Reserve((long)hidden * padded * kept);
        _gradients.Reserve(((long)hidden * padded + 1) * kept);
        var kernel = NerfKernels.MlpTangent(padded);
        for (var first = 0; first < samples.Count; first += kept)
        {
            var count = Math.Min(kept, samples.Count - first);
            FillTangents(samples, gradient, first, count, kept);
            _device.Launch(
                kernel, kernel.BlocksFor(count),
                samples.Features, samples.Stride, first, count, kept, _field.Features, hidden, _network.Across, _network.Down, _tangents, _passed, _gradients);
            for (var l = 0; l <= hidden; l++)
            {
                var layer = _field.Network.Layers[l];
                _field.AddWeightGradient(
                    l < hidden ? layer : layer with { Outputs = 1 }, _gradients.At((long)l * padded * kept), kept,
                    l == 0 ? _tangents.Address : _passed.At((long)(l - 1) * padded * kept), kept, count);
            }
        }

        BackwardGrid(samples, gradient);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_network, _unit, _tangents, _passed, _gradients])
            part.Dispose();
    }

    internal void FillNetwork(CudaSamples samples)
    {
        var kernel = NerfKernels.MlpSlope(_network.Width);
        _device.Launch(
            kernel, kernel.BlocksFor(samples.Count),
            samples.Features, samples.Stride, samples.Count, _field.Features, _field.Network.HiddenLayers, _network.Across, _network.Down, samples.FeatureGradients);
    }

    internal void BackwardGrid(CudaSamples samples, DeviceArray<float> gradient)
    {
        var blocks = NerfKernels.SlopeGridBackward.BlocksFor(samples.Count);
        _device.Launch(
            NerfKernels.SlopeGridBackward, blocks * _field.ActiveLevels,
            _field.Levels, samples.X, samples.Y, samples.Z, samples.Count, samples.Stride, blocks, samples.FeatureGradients, gradient, _field.Radius, _field.Table.Gradient);
    }

    private void FillTangents(CudaSamples samples, DeviceArray<float> gradient, int first, int count, int kept)
    {
        // A level that is masked does not change.
        var masked = _field.Features - 2 * _field.ActiveLevels;
        if (masked > 0)
            _device.Clear(_tangents.At(2L * _field.ActiveLevels * kept), (long)masked * kept * sizeof(float));
        var blocks = NerfKernels.SlopeAlong.BlocksFor(count);
        _device.Launch(
            NerfKernels.SlopeAlong, blocks * _field.ActiveLevels,
            _field.Levels, _field.Table.Values, samples.X, samples.Y, samples.Z, first, count, gradient, samples.Count, _field.Radius, kept, blocks, _tangents);
    }
}
