using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>Places samples along rays on a device, where the occupancy grid sees something.</summary>
internal sealed class CudaMarcher(IKernelDevice device, NerfOptions options, CudaOccupancy occupancy)
{
    private readonly RayMarcher _marcher = new(options, new OccupancyGrid(0));

    /// <summary>The length of an interval, in world units.</summary>
    public float Step => _marcher.Step;

    private bool IsUnbounded => options.Bounds == NerfBounds.Unbounded;

    public Vector3 ToUnit(Vector3 world) => _marcher.ToUnit(world);

    public bool Contains(Vector3 world) => _marcher.Contains(world);

    /// <summary>Counts the samples, waits for their number, and places them.</summary>
    public void Place(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings)
    {
        samples.Counts.Reserve(count);
        samples.RayStart.Reserve(count + 1);
        March(0);
        device.Launch(NerfKernels.PrefixSum, 1, samples.Counts, count, samples.RayStart);
        Span<int> total = [0];
        device.Download(samples.RayStart.At(count), total);
        samples.Reserve(total[0]);
        if (IsUnbounded)
            samples.Stretch.Reserve(Math.Max(1, samples.Stride));
        if (total[0] > 0)
            March(samples.RayStart.Address);

        void March(nint starts) => device.Launch(
            NerfKernels.March, NerfKernels.March.BlocksFor(32L * count),
            rays.Cameras, first, count, rays.Pixels, rays.Width, settings.Seed, settings.Training ? 1 : 0, options.Radius, Step,
            (int)options.Bounds, _marcher.MaxSamples, occupancy.Occupied, occupancy.Resolution, samples.Counts, starts,
            samples.X, samples.Y, samples.Z, samples.Distance, IsUnbounded ? samples.Stretch.Address : 0);
    }
}
