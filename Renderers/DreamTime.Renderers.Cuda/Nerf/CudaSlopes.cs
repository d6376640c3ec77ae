namespace DreamTime.Renderers.Cuda;

/// <summary>The slope of a field's value at samples on a device, by forward differences.</summary>
internal sealed class CudaSlopes(IKernelDevice device, int features) : IDisposable
{
    /// <summary>Samples a little further along x, then y, then z: three for each.</summary>
    public CudaSamples Moved { get; } = new(device, features);

    /// <summary>[3][samples], per world unit.</summary>
    public DeviceArray<float> Values { get; } = new(device);

    /// <summary>Makes room, and places the moved samples.</summary>
    /// <param name="samples">Those that the slopes are of.</param>
    /// <param name="shift">How far they are moved, in the unit cube.</param>
    public void Begin(CudaSamples samples, float shift)
    {
        Values.Reserve(Math.Max(1, 3L * samples.Stride));
        Moved.Reserve(checked(3 * samples.Count));
        if (samples.Count > 0)
            device.Launch(NerfKernels.SurfaceTaps, NerfKernels.SurfaceTaps.BlocksFor(Moved.Count), samples.X, samples.Y, samples.Z, samples.Count, shift, Moved.X, Moved.Y, Moved.Z);
    }

    /// <summary>The moved samples without gradients of colours, which nobody looked at.</summary>
    public CudaSamples WithoutColors()
    {
        foreach (var color in (DeviceArray<float>[])[Moved.Red, Moved.Green, Moved.Blue])
            color.Clear();
        return Moved;
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[Moved, Values])
            part.Dispose();
    }
}
