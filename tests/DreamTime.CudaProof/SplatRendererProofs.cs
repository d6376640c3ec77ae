using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The whole renderer of Gaussians beside the CPU's, which is itself checked against definitions in double and finite differences.</summary>
internal static class SplatRendererProofs
{
    private const int Steps = 6;

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        // An alpha of nearly 1/255 may be drawn here and not there.
        new("views of Gaussians are rendered", 1e-4, (device, n) => Rendered(device, n, SplatBench.Training with { Training = false })),
        new("views of Gaussians are rendered to learn from", 1e-4, (device, n) => Rendered(device, n, SplatBench.Training)),
        new("lit views of Gaussians and their normals are rendered", 1e-4, (device, n) => Rendered(device, n, SplatBench.Lit with { Training = false })),
        new("gradients of views reach the Gaussians", 2e-3, (device, n) => Gradients(device, n, SplatBench.Training)),
        new("gradients of lit views and normals reach the Gaussians", 2e-3, (device, n) => Gradients(device, n, SplatBench.Lit)),
        // Adam divides by the gradient's size: where that is nothing but rounding, its sign is anybody's guess. So pictures are compared, not parameters; and of two Gaussians that are
        // pulled alike, either may grow, so that pictures are compared as wholes.
        new("after six steps, which let Gaussians grow, split and go, the pictures are the same", 2e-2, Optimised),
        new("Gaussians move between the CPU and the device", 1e-4, Moved),
        new("views and gradients of Gaussians that stay on the device are those that leave it", 0, Shared),
        new("the same steps give the same Gaussians to the last bit", 0, Repeated),
        new("Gaussians that no view sees leave the background", 1e-7, Unseen),
    ];

    private static int SideFor(int size) => Math.Clamp((int)Math.Sqrt(size / 2), 12, 128);

    private static SplatBench Bench(IKernelDevice device, int size, int degree = 2) => new(device, SplatBench.Options(Math.Min(Math.Max(40, size / 4), 5000), degree));

    private static double Images(Images found, Images expected) => new[]
    {
        Difference.OfMost(found.Color, expected.Color), Difference.OfMost(found.Opacity, expected.Opacity), Difference.OfMost(found.Depth, expected.Depth),
        expected.Normals is { } normals ? Difference.OfMost(found.Normals, normals) : 0,
    }.Max();

    private static double Rendered(IKernelDevice device, int size, RenderSettings settings)
    {
        using var bench = Bench(device, size);
        var side = SideFor(size);
        return Images(bench.Device.Render(SplatBench.Cameras, side, side + 7, settings), bench.Cpu.Render(SplatBench.Cameras, side, side + 7, settings));
    }

    private static double Gradients(IKernelDevice device, int size, RenderSettings settings)
    {
        using var bench = Bench(device, size);
        var side = SideFor(size);
        // Twice, since gradients add up until a step.
        for (var time = 0; time < 2; time++)
        {
            var slopes = SplatBench.Slopes(bench.Cpu.Render(SplatBench.Cameras, side, side, settings));
            bench.Device.Render(SplatBench.Cameras, side, side, settings);
            bench.Cpu.Backward(slopes);
            bench.Device.Backward(slopes);
        }

        using var state = new MemoryStream();
        bench.Cpu.WriteState(state);
        state.Position = 0;
        var (_, pull, seen) = SplatState.Read(state, new Gaussians(bench.Cpu.Count, bench.Cpu.Options.HarmonicsDegree));
        if (!SplatBench.Numbers(bench.Device.Gaussians.Seen, seen.Length).SequenceEqual(seen))
            return double.PositiveInfinity;
        return bench.Cpu.Gaussians.Groups.Zip(bench.Device.Gaussians.Groups)
            .Select(group => Difference.OfAll(SplatBench.Numbers(group.Second.Gradient, group.Second.Count), group.First.Gradient))
            .Append(Difference.OfAll(SplatBench.Numbers(bench.Device.Gaussians.Pull, pull.Length), pull)).Max();
    }

    private static double Optimised(IKernelDevice device, int size)
    {
        var options = new SplatOptions { InitialCount = Math.Min(size / 3, 2000), DensifyInterval = 4, SplitScale = 0.1f, PruneOpacity = 0.09f, OpacityLearningRate = 0.02f };
        var cpu = new SplatRenderer(options, 5);
        using var other = new CudaSplatRenderer(device, options, 5);
        for (var step = 0; step < Steps; step++)
            foreach (var renderer in (IRenderer[])[cpu, other])
                Step(renderer, Math.Min(32, SideFor(size)));
        // Pulls that differ by their last bits may change which Gaussian grows; how many do, follows from the share.
        var settings = RenderSettings.Evaluation(SplatBench.Backgrounds[0]);
        return other.Count != options.InitialCount && other.Steps == Steps && Math.Abs(cpu.Count - other.Count) <= 2
            ? Difference.OfAll(other.Render(SplatBench.Cameras, 24, 24, settings).Color, cpu.Render(SplatBench.Cameras, 24, 24, settings).Color)
            : double.PositiveInfinity;
    }

    private static void Step(IRenderer renderer, int side)
    {
        var images = renderer.Render(SplatBench.Cameras, side, side, SplatBench.Training);
        renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => c - 0.3f), Opacity = Array.ConvertAll(images.Opacity, o => o - 0.2f) });
        renderer.Step();
    }

    private static double Moved(IKernelDevice device, int size)
    {
        using var bench = Bench(device, size);
        Step(bench.Device, 16);
        SplatBench.Copy(bench.Device, bench.Cpu);
        if (bench.Cpu.Steps != 1)
            return double.PositiveInfinity;
        Step(bench.Cpu, 16);
        Step(bench.Device, 16);
        var (side, settings) = (SideFor(size), RenderSettings.Evaluation(SplatBench.Backgrounds[0]));
        return Images(bench.Device.Render(SplatBench.Cameras, side, side, settings), bench.Cpu.Render(SplatBench.Cameras, side, side, settings));
    }

    private static double Shared(IKernelDevice device, int size)
    {
        using SplatBench through = Bench(device, size), beside = Bench(device, size);
        var side = SideFor(size);
        var images = through.Device.Render(SplatBench.Cameras, side, side, SplatBench.Training);
        using DeviceArray<float> color = new(device, images.Color.Length), opacity = new(device, images.Opacity.Length), depth = new(device, images.Depth.Length);
        beside.Device.Render(SplatBench.Cameras, side, side, SplatBench.Training, new(color.Address, opacity.Address, depth.Address));
        var copy = new Images(images.Views, side, side);
        color.Download(copy.Color);
        opacity.Download(copy.Opacity);
        depth.Download(copy.Depth);
        var slopes = SplatBench.Slopes(images);
        through.Device.Backward(slopes with { Opacity = null });
        using DeviceArray<float> colorSlopes = new(device), depthSlopes = new(device);
        colorSlopes.Upload(slopes.Color);
        depthSlopes.Upload(slopes.Depth);
        beside.Device.Backward(new DevicePlanes(colorSlopes.Address, 0, depthSlopes.Address));
        return Math.Max(Images(copy, images), Same(through.Device, beside.Device));
    }

    private static double Repeated(IKernelDevice device, int size)
    {
        using SplatBench first = Bench(device, size), second = Bench(device, size);
        for (var step = 0; step < 3; step++)
            foreach (var renderer in (CudaSplatRenderer[])[first.Device, second.Device])
                Step(renderer, SideFor(size));
        return Same(first.Device, second.Device);
    }

    /// <summary>0 where two renderers' states are the same bytes.</summary>
    private static double Same(CudaSplatRenderer first, CudaSplatRenderer second)
    {
        using MemoryStream a = new(), b = new();
        first.WriteState(a);
        second.WriteState(b);
        return a.ToArray().AsSpan().SequenceEqual(b.ToArray()) ? 0 : double.PositiveInfinity;
    }

    private static double Unseen(IKernelDevice device, int size)
    {
        using var bench = Bench(device, size);
        var away = Camera.Orbit(0, 0, 2, 45) with { Position = new(-3, 0, 0), Back = new(1, 0, 0), Right = new(0, 1, 0), Up = new(0, 0, 1) };
        var images = bench.Device.Render([away], 20, 20, RenderSettings.ForTraining(1, SplatBench.Backgrounds[0]));
        bench.Device.Backward(SplatBench.Slopes(images));
        var expected = Enumerable.Range(0, images.Color.Length).Select(i => SplatBench.Backgrounds[0][i / 400]).ToArray();
        return bench.Device.Step() == 0 && images.Opacity.All(o => o == 0) ? Difference.Of(images.Color, expected) : double.PositiveInfinity;
    }
}
