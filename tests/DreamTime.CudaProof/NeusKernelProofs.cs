using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels of a signed distance beside their definitions in double and finite differences of these.</summary>
internal static class NeusKernelProofs
{
    public static IReadOnlyList<ProofCase> All { get; } =
    [
        new("samples are moved along each axis, within the unit cube", 2e-7, Taps),
        new("the distance to an ellipsoid is added", 2e-6, Ellipsoid),
        // Single precision has 1 - alpha to 1e-7, and its logarithm is a tenth of the largest.
        new("slopes, densities and the eikonal loss come of distances", 1e-5, (device, n) => Of(device, n, bench => bench.Forward())),
        new("gradients of slopes, densities and the eikonal loss are finite differences", 1e-4, (device, n) => Of(device, n, bench => bench.Backward())),
        new("distances have the density of a surface seen face on", 1e-5, (device, n) => Of(device, n, bench => bench.FaceOn())),
    ];

    private static double Of(IKernelDevice device, int count, Func<NeusBench, double> error)
    {
        using var bench = new NeusBench(device, count);
        return error(bench);
    }

    private static double Taps(IKernelDevice device, int count)
    {
        const float Shift = 0.01f;
        using CudaSamples samples = new(device, 2), moved = new(device, 2);
        var places = Places(samples, count);
        moved.Reserve(3 * count);
        device.Launch(NerfKernels.SurfaceTaps, NerfKernels.SurfaceTaps.BlocksFor(3L * count), samples.X, samples.Y, samples.Z, count, Shift, moved.X, moved.Y, moved.Z);
        return ((DeviceArray<float>[])[moved.X, moved.Y, moved.Z]).Select((plane, coordinate) =>
        {
            var found = new float[3 * count];
            plane.Download(found);
            return Difference.Of(found, [.. Enumerable.Range(0, 3).SelectMany(axis => places.Select(p => Math.Min(1.0, p[coordinate] + (axis == coordinate ? Shift : 0))))]);
        }).Max();
    }

    private static double Ellipsoid(IKernelDevice device, int count)
    {
        const float Radius = 1.2f;
        var radii = new Vector3(0.5f, 0.7f, 0.4f);
        using var samples = new CudaSamples(device, 2);
        var places = Places(samples, count);
        float[] values = [.. places.Select(p => p.X - p.Y)], found = new float[count];
        samples.Density.Upload(values);
        device.Launch(
            NeusKernels.Ellipsoid, NeusKernels.Ellipsoid.BlocksFor(count), samples.X, samples.Y, samples.Z, count, Radius, radii.X, radii.Y, radii.Z, samples.Density);
        samples.Density.Download(found);
        return Difference.Of(found, [.. places.Select((p, i) => values[i] + Expected(p))]);

        double Expected(Vector3 p)
        {
            var squares = Enumerable.Range(0, 3).Sum(axis => Math.Pow((2.0 * p[axis] - 1) * Radius / radii[axis], 2));
            return (Math.Sqrt(squares) - 1) * 0.4f;
        }
    }

    private static Vector3[] Places(CudaSamples samples, int count)
    {
        var random = new Random(9);
        samples.Reserve(count);
        Vector3[] places = [.. Enumerable.Range(0, count).Select(_ => new Vector3(random.NextSingle(), random.NextSingle(), random.NextSingle()))];
        samples.X.Upload([.. places.Select(p => p.X)]);
        samples.Y.Upload([.. places.Select(p => p.Y)]);
        samples.Z.Upload([.. places.Select(p => p.Z)]);
        return places;
    }
}
