using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels of normals and light beside their definitions in double and finite differences of these.</summary>
internal static class SurfaceKernelProofs
{
    public static IReadOnlyList<ProofCase> All { get; } =
    [
        new("samples are shaded, plain, lit and white", 5e-6, (device, n) => Both(device, n, bench => bench.Shade())),
        new("rays see the normals of their samples", 5e-6, (device, n) => Both(device, n, bench => bench.Composite())),
        // The largest gradients are of slopes of a tenth, whose normals turn ten times as fast.
        new("the gradients of light, normals and orientation are finite differences", 1e-5, (device, n) => Both(device, n, bench => bench.Backward(device))),
        new("a slope is a difference, and so is its gradient", 1e-5, Slopes),
    ];

    private static double Both(IKernelDevice device, int count, Func<SurfaceBench, double> error) => new[] { 1f, -1f }.Max(outward =>
    {
        using var bench = new SurfaceBench(device, count, outward);
        return error(bench);
    });

    private static double Slopes(IKernelDevice device, int count)
    {
        const float Epsilon = 0.01f;
        var random = new Random(14);
        double[] Draws(int numbers) => [.. Enumerable.Range(0, numbers).Select(_ => (double)(random.NextSingle() - 0.5f))];
        double[] values = Draws(count), moved = Draws(3 * count), gradient = Draws(3 * count), before = Draws(count);
        using DeviceArray<float> valuesThere = new(device), movedThere = new(device), slopes = new(device, 3L * count), gradientThere = new(device);
        RayBench.Fill(valuesThere, values);
        RayBench.Fill(movedThere, moved);
        RayBench.Fill(gradientThere, gradient);
        device.Launch(NerfKernels.SurfaceSlopes, NerfKernels.SurfaceSlopes.BlocksFor(3L * count), valuesThere, movedThere, count, Epsilon, slopes);
        var error = Difference.Of(RayBench.Read(slopes, 3 * count), moved.Select((m, at) => (m - values[at % count]) / Epsilon).ToArray());

        RayBench.Fill(valuesThere, before);
        device.Launch(NerfKernels.SurfaceTapsBackward, NerfKernels.SurfaceTapsBackward.BlocksFor(count), gradientThere, count, Epsilon, valuesThere, movedThere);
        return new[]
        {
            error,
            Difference.Of(RayBench.Read(movedThere, 3 * count), Array.ConvertAll(gradient, g => g / Epsilon)),
            Difference.Of(
                RayBench.Read(valuesThere, count), before.Select((b, i) => b - (gradient[i] + gradient[count + i] + gradient[2 * count + i]) / Epsilon).ToArray()),
        }.Max();
    }
}
