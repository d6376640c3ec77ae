namespace DreamTime.Renderers.Cuda;

/// <summary>Emission and absorption along rays on a device.</summary>
internal sealed class CudaCompositor(IKernelDevice device, NerfOptions options, float step)
{
    private const int CountingBlocks = 128;

    /// <summary>Fills the images at some rays.</summary>
    /// <param name="rays">Of the render.</param>
    /// <param name="samples">Theirs.</param>
    /// <param name="density">Of each sample.</param>
    /// <param name="first">The first ray.</param>
    /// <param name="count">Rays.</param>
    /// <param name="keepWeights">Whether the samples' weights are kept.</param>
    public void Forward(CudaRays rays, CudaSamples samples, DeviceArray<float> density, int first, int count, bool keepWeights) => device.Launch(
        NerfKernels.CompositeForward, NerfKernels.CompositeForward.BlocksFor((long)NerfKernels.LanesPerRay * count),
        samples.RayStart, density, samples.Red, samples.Green, samples.Blue, samples.Distance, step, options.EarlyStop,
        rays.Backgrounds, first, count, rays.Pixels, rays.Planes.Color, rays.Planes.Opacity, rays.Planes.Depth, rays.Used, keepWeights ? samples.Weights.Address : 0);

    /// <summary>Replaces densities and colours by their gradients.</summary>
    /// <param name="rays">Of a training render.</param>
    /// <param name="samples">Theirs.</param>
    /// <param name="density">Of each sample.</param>
    /// <param name="gradients">Of the images.</param>
    /// <param name="regularizers">Losses on the rays.</param>
    /// <param name="byWeight">What else is wanted of the samples' weights; 0 for nothing.</param>
    public void Backward(CudaRays rays, CudaSamples samples, DeviceArray<float> density, DevicePlanes gradients, NerfRegularizers regularizers, nint byWeight = 0)
    {
        var kernel = regularizers.UsesWeights || regularizers.Distortion != 0 || byWeight != 0 ? NerfKernels.CompositeBackwardWithLosses : NerfKernels.CompositeBackward;
        if (regularizers.UsesWeights)
            CountAbove(rays, 0.5f, rays.Solid);
        device.Launch(
            kernel, kernel.BlocksFor((long)NerfKernels.LanesPerRay * rays.Count),
            samples.RayStart, rays.Used, samples.Weights, density, samples.Red, samples.Green, samples.Blue, samples.Distance, step,
            rays.Backgrounds, rays.Count, rays.Pixels, rays.Planes.Opacity, gradients.Color, gradients.Opacity, gradients.Depth,
            regularizers.Sparsity / rays.Count, regularizers.Opaque / rays.Count, regularizers.ZVariance, regularizers.Entropy, regularizers.Distortion / rays.Count, rays.Solid, byWeight);
    }

    /// <summary>Counts the rays whose opacity is above a threshold.</summary>
    public void CountAbove(CudaRays rays, float threshold, DeviceArray<int> count) => device.Launch(
        NerfKernels.CountAbove, Math.Min(CountingBlocks, NerfKernels.CountAbove.BlocksFor(rays.Count)), rays.Planes.Opacity, rays.Count, threshold, count);
}
