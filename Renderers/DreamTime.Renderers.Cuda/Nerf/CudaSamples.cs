namespace DreamTime.Renderers.Cuda;

/// <summary>The samples of a batch of rays on a device, ray after ray, as planes. Buffers grow and are kept.</summary>
internal sealed class CudaSamples(IKernelDevice device, int features) : IDisposable
{
    /// <summary>Where each ray's samples begin, and at the end how many there are.</summary>
    public DeviceArray<int> RayStart { get; } = new(device);

    public DeviceArray<int> Counts { get; } = new(device);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Numbers from one plane of features to the next.</summary>
    public int Stride { get; private set; }

    public DeviceArray<float> X { get; } = new(device);

    public DeviceArray<float> Y { get; } = new(device);

    public DeviceArray<float> Z { get; } = new(device);

    public DeviceArray<float> Distance { get; } = new(device);

    public DeviceArray<float> Density { get; } = new(device);

    public DeviceArray<float> Red { get; } = new(device);

    public DeviceArray<float> Green { get; } = new(device);

    public DeviceArray<float> Blue { get; } = new(device);

    /// <summary>How many steps each sample's interval is long, where space has no bounds.</summary>
    public DeviceArray<float> Stretch { get; } = new(device);

    /// <summary>Each sample's weight in its ray.</summary>
    public DeviceArray<float> Weights { get; } = new(device);

    /// <summary>The hash grid's features, [features][<see cref="Stride"/>].</summary>
    public DeviceArray<float> Features { get; } = new(device);

    /// <summary>Their gradients, in the same shape.</summary>
    public DeviceArray<float> FeatureGradients { get; } = new(device);

    /// <summary>Makes room for so many samples; what was there is lost.</summary>
    public void Reserve(int count)
    {
        Count = count;
        if (count <= Stride)
            return;
        // One and a half times what is needed, since a growing object needs a little more every time.
        Stride = (count + count / 2 + 255) / 256 * 256;
        foreach (var plane in (DeviceArray<float>[])[X, Y, Z, Distance, Density, Red, Green, Blue, Weights])
            plane.Reserve(Stride);
        Features.Reserve((long)features * Stride);
        FeatureGradients.Reserve((long)features * Stride);
    }

    public void Dispose()
    {
        RayStart.Dispose();
        Stretch.Dispose();
        Counts.Dispose();
        foreach (var plane in (DeviceArray<float>[])[X, Y, Z, Distance, Density, Red, Green, Blue, Weights, Features, FeatureGradients])
            plane.Dispose();
    }
}
