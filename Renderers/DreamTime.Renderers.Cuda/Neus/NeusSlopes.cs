namespace DreamTime.Renderers.Cuda;

/// <summary>The slope of a signed distance at samples on a device, by forward differences, and the density that comes of it.</summary>
internal sealed class NeusSlopes(IKernelDevice device, int features) : IDisposable
{
    /// <summary>Samples a little further along x, then y, then z: three for each.</summary>
    public CudaSamples Moved { get; } = new(device, features);

    /// <summary>[3][samples].</summary>
    public DeviceArray<float> Values { get; } = new(device);

    /// <summary>As opaque over one step as the distance is.</summary>
    public DeviceArray<float> Density { get; } = new(device);

    /// <summary>Receives the sum of (|slope| - 1)^2.</summary>
    public DeviceArray<double> EikonalSum { get; } = new(device, 1);

    /// <summary>That sum; waits for the device.</summary>
    public double Eikonal
    {
        get
        {
            Span<double> sum = [0];
            EikonalSum.Download(sum);
            return sum[0];
        }
    }

    /// <summary>Makes room, and places the moved samples.</summary>
    /// <param name="samples">Those that the slopes are of.</param>
    /// <param name="shift">How far they are moved, in the unit cube.</param>
    public void Begin(CudaSamples samples, float shift)
    {
        Density.Reserve(Math.Max(1, samples.Stride));
        Values.Reserve(Math.Max(1, 3L * samples.Stride));
        EikonalSum.Clear();
        Moved.Reserve(checked(3 * samples.Count));
        if (samples.Count > 0)
            device.Launch(NeusKernels.Taps, NeusKernels.Taps.BlocksFor(Moved.Count), samples.X, samples.Y, samples.Z, samples.Count, shift, Moved.X, Moved.Y, Moved.Z);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[Moved, Values, Density, EikonalSum])
            part.Dispose();
    }
}
