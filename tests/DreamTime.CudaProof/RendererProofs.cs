using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The whole renderer beside the CPU's, which is itself checked against definitions in double and finite differences.</summary>
internal static class RendererProofs
{
    private const long Seed = 5;

    internal static readonly NerfOptions Ball = new()
    {
        Levels = 8,
        Log2TableSize = 12,
        BaseResolution = 8,
        FinestResolution = 64,
        HiddenWidth = 32,
        HiddenLayers = 1,
        SamplesPerRay = 48,
        OccupancyResolution = 16,
        OccupancyInterval = 4,
    };

    private static readonly NerfOptions Box = Ball with { Bounds = NerfBounds.Box, HiddenWidth = 64, HiddenLayers = 2, DensityBlob = DensityBlob.None, OccupancyResolution = 0 };

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        // Positions are rounded in another order: a sample on a boundary may fall to the other side.
        new("views of a ball of space are rendered", 1e-4, (device, n) => Rendered(device, Ball, n, training: false)),
        new("views of a box of space are rendered", 1e-4, (device, n) => Rendered(device, Box, n, training: false)),
        new("jittered views are rendered", 1e-4, (device, n) => Rendered(device, Ball, n, training: true)),
        // A ReLU whose input is nothing but rounding passes a sample's gradient here and not there: a few of a hundred thousand samples, and up to 0.2 % of the gradient's length was seen.
        new("gradients of colour, opacity and depth reach the parameters", 5e-3, (device, n) => Gradients(device, Ball, n, NerfRegularizers.None)),
        new("gradients through a box reach the parameters, on tensor cores", 5e-3, (device, n) => Gradients(device, Box, n, NerfRegularizers.None, tensorCores: true)),
        new("gradients through a box reach the parameters, without tensor cores", 5e-3, (device, n) => Gradients(device, Box, n, NerfRegularizers.None, tensorCores: false)),
        new("regularisers reach the parameters", 5e-3, (device, n) => Gradients(
            device, Ball, n, new() { Sparsity = 0.5f, Opaque = 0.4f, ZVariance = 0.3f, Entropy = 0.2f, Distortion = 0.6f })),
        new("gradients reach the levels that have joined", 5e-3, (device, n) => Gradients(device, Ball with { StartLevels = 5 }, n, NerfRegularizers.None)),
        new("gradients end where a ray ends", 5e-3, (device, n) => Gradients(device, Ball with { EarlyStop = 0.3f }, n, new() { Entropy = 0.2f, Distortion = 0.6f })),
        // Adam divides by the gradient's size: where that is nothing but rounding, its sign is anybody's guess. So pictures are compared, not parameters.
        new("after twelve steps, which prune space, the pictures are the same", 2e-2, Optimised),
        new("a state moves between the CPU and the device", 1e-4, Moved),
        new("a field is asked at points", 1e-4, Queried),
        new("images and gradients that stay on the device are those that leave it", 1e-5, Shared),
    ];

    internal static (NerfRenderer Cpu, CudaNerfRenderer Device) Pair(IKernelDevice device, NerfOptions options, bool? tensorCores = null)
    {
        var cpu = new NerfRenderer(options, Seed);
        var random = new Random(6);
        foreach (ref var entry in cpu.Field.Table.Values.AsSpan())
            entry = random.NextSingle() - 0.5f;
        using var state = new MemoryStream();
        cpu.WriteState(state);
        state.Position = 0;
        var other = new CudaNerfRenderer(device, options, Seed, tensorCores);
        other.ReadState(state);
        return (cpu, other);
    }

    internal static Camera[] Cameras { get; } = [Camera.Orbit(20, 15, 2.7f, 45), Camera.Orbit(-100, 50, 3, 40) with { PrincipalOffset = new(0.1f, -0.05f), PixelAspect = 1.1f }];

    internal static RenderSettings Training(long seed) => RenderSettings.ForTraining(seed, new Vector3(0.2f, 0.5f, 0.9f), new Vector3(0.7f, 0.1f, 0.3f));

    internal static int SideFor(int size) => Math.Clamp((int)Math.Sqrt(size / 4), 8, 64);

    private static double Rendered(IKernelDevice device, NerfOptions options, int size, bool training)
    {
        var (cpu, other) = Pair(device, options);
        using (other)
        {
            var settings = training ? Training(9) : Training(0) with { Training = false };
            var side = SideFor(size);
            return Images(other.Render(Cameras, side, side + 3, settings), cpu.Render(Cameras, side, side + 3, settings));
        }
    }

    internal static double Images(Images found, Images expected) => new[]
    {
        Difference.OfMost(found.Color, expected.Color), Difference.OfMost(found.Opacity, expected.Opacity), Difference.OfMost(found.Depth, expected.Depth),
    }.Max();

    private static double Gradients(IKernelDevice device, NerfOptions options, int size, NerfRegularizers regularizers, bool? tensorCores = null)
    {
        var (cpu, other) = Pair(device, options, tensorCores);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (regularizers, regularizers);
            var side = SideFor(size);
            var images = cpu.Render(Cameras, side, side, Training(11));
            other.Render(Cameras, side, side, Training(11));
            var gradients = Gradient(images, 12);
            cpu.Backward(gradients);
            other.Backward(gradients);
            return Math.Max(
                Of(other.Field.Table, cpu.Field.Table), Of(other.Field.Weights, cpu.Field.Weights));
        }

    }

    internal static double Of(CudaParameters found, Parameters expected)
    {
        var numbers = new float[found.Count];
        found.Gradient.Download(numbers);
        return Difference.OfAll(numbers, expected.Gradient);
    }

    internal static ImageGradients Gradient(Images images, int seed)
    {
        var random = new Random(seed);
        return new()
        {
            Color = Draw(images.Color.Length),
            Opacity = Draw(images.Opacity.Length),
            Depth = Draw(images.Depth.Length),
        };

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static double Optimised(IKernelDevice device, int size)
    {
        var (cpu, other) = (new NerfRenderer(Ball, Seed), new CudaNerfRenderer(device, Ball, Seed));
        using (other)
        {
            var side = Math.Min(16, SideFor(size));
            for (var step = 0; step < 12; step++)
                foreach (var renderer in (IRenderer[])[cpu, other])
                {
                    var images = renderer.Render(Cameras, side, side, Training(step));
                    renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => c - 0.3f), Opacity = Array.ConvertAll(images.Opacity, o => 0.2f - o) });
                    renderer.Step();
                }

            var settings = RenderSettings.Evaluation(Vector3.One);
            return Images(other.Render(Cameras, side, side, settings), cpu.Render(Cameras, side, side, settings));
        }
    }

    private static double Moved(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device, Ball);
        using (other)
        {
            other.Render(Cameras, 8, 8, Training(3));
            other.Backward(new ImageGradients { Color = Enumerable.Repeat(0.1f, 2 * 3 * 64).ToArray() });
            other.Step();
            using var state = new MemoryStream();
            other.WriteState(state);
            state.Position = 0;
            cpu.ReadState(state);
            var (side, settings) = (SideFor(size), RenderSettings.Evaluation(Vector3.Zero));
            return cpu.Steps == 1 ? Images(other.Render(Cameras, side, side, settings), cpu.Render(Cameras, side, side, settings)) : double.PositiveInfinity;
        }
    }

    private static double Queried(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device, Ball);
        using (other)
            return Queried(other, cpu, size);
    }

    internal static double Queried(IDensityField other, IDensityField cpu, int size)
    {
        var random = new Random(8);
        var points = Enumerable.Range(0, size).Select(_ => 2.4f * (new Vector3(random.NextSingle(), random.NextSingle(), random.NextSingle()) - new Vector3(0.5f))).ToArray();
        float[] found = new float[size], expected = new float[size];
        Vector3[] foundColor = new Vector3[size], expectedColor = new Vector3[size];
        other.Query(points, found, foundColor);
        cpu.Query(points, expected, expectedColor);
        return Math.Max(
            Difference.Of(found, expected), Difference.Of([.. foundColor.Select(c => c.X + c.Y - c.Z)], expectedColor.Select(c => c.X + c.Y - c.Z).ToArray()));
    }

    private static double Shared(IKernelDevice device, int size)
    {
        var ((_, through), (_, beside)) = (Pair(device, Ball), Pair(device, Ball));
        using (through)
        using (beside)
        {
            var side = SideFor(size);
            var images = through.Render(Cameras, side, side, Training(11));
            using DeviceArray<float> color = new(device, images.Color.Length), opacity = new(device, images.Opacity.Length), depth = new(device, images.Depth.Length);
            beside.Render(Cameras, side, side, Training(11), new(color.Address, opacity.Address, depth.Address));
            var copy = new Images(images.Views, side, side);
            color.Download(copy.Color);
            opacity.Download(copy.Opacity);
            depth.Download(copy.Depth);
            var gradients = Gradient(images, 12) with { Opacity = null };
            through.Backward(gradients);
            color.Upload(gradients.Color);
            depth.Upload(gradients.Depth);
            beside.Backward(new DevicePlanes(color.Address, 0, depth.Address));
            var (expected, found) = (new float[through.Field.Weights.Count], new float[through.Field.Weights.Count]);
            through.Field.Weights.Gradient.Download(expected);
            beside.Field.Weights.Gradient.Download(found);
            return Math.Max(Images(copy, images), Difference.OfAll(found, expected));
        }
    }
}
