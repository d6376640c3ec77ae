namespace DreamTime.Renderers.Cuda;

/// <summary>Samples along rays on a device as points of surfaces: their normals, their colours under a light, and the way back.</summary>
/// <param name="device">What computes it.</param>
/// <param name="features">Planes of features of a sample.</param>
/// <param name="outward">1 where the field's value rises outwards, as a distance does; -1 where it falls, as a density does.</param>
internal sealed class CudaSurfaceSamples(IKernelDevice device, int features, float outward) : IDisposable
{
    private readonly DeviceArray<float> _albedo = new(device), _byWeight = new(device);

    /// <summary>The field's slope at the samples.</summary>
    public CudaSlopes Slopes { get; } = new(device, features);

    /// <summary>What finds the slope exactly; null where it is a difference.</summary>
    public CudaAnalyticSlope? Analytic { get; init; }

    /// <summary>dL/dslope, [3][samples], after <see cref="Backward"/>.</summary>
    public DeviceArray<float> Gradient { get; } = new(device);

    /// <summary>Replaces the albedo of samples by their colours under the rays' light.</summary>
    public void Shade(CudaRays rays, CudaSamples samples, int first, int count)
    {
        if (!rays.IsLit)
            return;
        _albedo.Reserve(Math.Max(1, 3L * samples.Count));
        device.Launch(
            NerfKernels.SurfaceShade, Blocks(count),
            rays.Cameras, first, count, rays.Pixels, rays.Width, samples.RayStart, Slopes.Values, samples.Count, outward, samples.Distance,
            rays.Lights, samples.Red, samples.Green, samples.Blue, _albedo);
    }

    /// <summary>Fills the normals that rays see, from the samples' weights.</summary>
    public void Composite(CudaRays rays, CudaSamples samples, int first, int count)
    {
        if (rays.HasNormals)
            device.Launch(
                NerfKernels.SurfaceNormals, Blocks(count),
                samples.RayStart, rays.Used, samples.Weights, Slopes.Values, samples.Count, outward, first, count, rays.Pixels, rays.Normals);
    }

    /// <summary>What the gradient of the seen normals wants of the samples' weights; 0 for nothing.</summary>
    public nint WeightGradient(CudaRays rays, CudaSamples samples, nint normals)
    {
        if (normals == 0)
            return 0;
        _byWeight.Reserve(Math.Max(1, samples.Count));
        device.Launch(
            NerfKernels.SurfaceWeightGradient, Blocks(rays.Count),
            samples.RayStart, rays.Used, Slopes.Values, samples.Count, outward, rays.Count, rays.Pixels, normals, _byWeight);
        return _byWeight.Address;
    }

    /// <summary>From the gradients of colours to those of the albedo, and to those of the slopes.</summary>
    public void Backward(CudaRays rays, CudaSamples samples, nint normals, float orientation)
    {
        _albedo.Reserve(1);
        Gradient.Reserve(Math.Max(1, 3L * samples.Count));
        device.Launch(
            NerfKernels.SurfaceBackward, Blocks(rays.Count),
            rays.Cameras, rays.Count, rays.Pixels, rays.Width, samples.RayStart, rays.Used, samples.Weights, Slopes.Values, samples.Count, outward,
            samples.Distance, rays.Lights, _albedo, normals, orientation, rays.Seen, samples.Red, samples.Green, samples.Blue, Gradient);
    }

    /// <summary>A gradient of the slopes that is 0.</summary>
    public void ClearGradient(CudaSamples samples)
    {
        Gradient.Reserve(Math.Max(1, 3L * samples.Count));
        Gradient.Clear();
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[_albedo, _byWeight, Slopes, Analytic, Gradient])
            part?.Dispose();
    }

    private static int Blocks(int rays) => NerfKernels.SurfaceShade.BlocksFor((long)NerfKernels.LanesPerRay * rays);
}
