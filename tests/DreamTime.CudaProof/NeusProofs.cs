using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>A signed distance beside the CPU's, which is itself checked against its definition in double and finite differences.</summary>
internal static class NeusProofs
{
    private const long Seed = 5;

    internal static readonly NeusOptions Ellipsoid = new()
    {
        InitialRadii = new Vector3(0.5f, 0.6f, 0.4f),
        CosineAnnealingSteps = 10,
        Field = new NerfOptions
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
        },
    };

    private static readonly NeusOptions Deep = Ellipsoid with { Field = Ellipsoid.Field with { HiddenWidth = 64, HiddenLayers = 2, OccupancyResolution = 0 } };

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        // A slope is a difference over a hundredth: it has a hundred times the rounding of the values.
        new("views of a signed distance are rendered", 1e-3, (device, n) => Rendered(device, n, training: false)),
        new("jittered views of a signed distance are rendered", 1e-3, (device, n) => Rendered(device, n, training: true)),
        // A sample whose ReLU is off for one rounding and on for another has a gradient a hundred times that of its value: with other random numbers up to 1.5 % of the length was seen.
        new("gradients of a signed distance reach the parameters", 5e-2, (device, n) => Gradients(device, Ellipsoid, n, NerfRegularizers.None, null)),
        new("gradients of a signed distance reach the parameters, on tensor cores", 5e-2, (device, n) => Gradients(device, Deep, n, NerfRegularizers.None, true)),
        new("gradients of a signed distance reach the parameters, through two layers", 5e-2, (device, n) => Gradients(device, Deep, n, NerfRegularizers.None, false)),
        new("a stronger eikonal loss and regularisers reach the parameters", 5e-2, (device, n) => Gradients(
            device, Ellipsoid, n, new() { Sparsity = 0.5f, Entropy = 0.2f, Distortion = 0.6f, Eikonal = 1 }, null)),
        new("after six steps of a signed distance the pictures are the same", 2e-2, Optimised),
        new("a signed distance's state moves between the CPU and the device", 1e-3, Moved),
        new("a signed distance is asked at points", 1e-4, Queried),
        new("the eikonal loss is what the CPU says", 1e-3, Eikonal),
        new("a density and a signed distance start as a solid", 1e-4, Started),
    ];

    internal static (NeusRenderer Cpu, CudaNeusRenderer Device) Pair(IKernelDevice device, NeusOptions options, bool? tensorCores = null)
    {
        var cpu = new NeusRenderer(options, Seed);
        var random = new Random(7);
        foreach (ref var entry in cpu.Field.Table.Values.AsSpan())
            entry = 0.1f * (random.NextSingle() - 0.5f);
        using var state = new MemoryStream();
        cpu.WriteState(state);
        state.Position = 0;
        var other = new CudaNeusRenderer(device, options, Seed, tensorCores);
        other.ReadState(state);
        return (cpu, other);
    }

    private static double Rendered(IKernelDevice device, int size, bool training)
    {
        var (cpu, other) = Pair(device, Ellipsoid);
        using (other)
        {
            var settings = training ? RendererProofs.Training(9) : RendererProofs.Training(0) with { Training = false };
            var side = RendererProofs.SideFor(size);
            return RendererProofs.Images(
                other.Render(RendererProofs.Cameras, side, side + 3, settings), cpu.Render(RendererProofs.Cameras, side, side + 3, settings));
        }
    }

    private static double Gradients(IKernelDevice device, NeusOptions options, int size, NerfRegularizers regularizers, bool? tensorCores)
    {
        var (cpu, other) = Pair(device, options, tensorCores);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (regularizers, regularizers);
            var side = RendererProofs.SideFor(size);
            var images = cpu.Render(RendererProofs.Cameras, side, side, RendererProofs.Training(11));
            other.Render(RendererProofs.Cameras, side, side, RendererProofs.Training(11));
            // An evaluation in between changes nothing.
            other.Render(RendererProofs.Cameras, 5, 4, RenderSettings.Evaluation(Vector3.One));
            var gradients = RendererProofs.Gradient(images, 12);
            cpu.Backward(gradients);
            other.Backward(gradients);
            return new[]
            {
                RendererProofs.Of(other.Field.Table, cpu.Field.Table), RendererProofs.Of(other.Field.Weights, cpu.Field.Weights), RendererProofs.Of(other.Variance, cpu.Variance),
            }.Max();
        }
    }

    private static double Optimised(IKernelDevice device, int size)
    {
        var (cpu, other) = (new NeusRenderer(Ellipsoid, Seed), new CudaNeusRenderer(device, Ellipsoid, Seed));
        using (other)
        {
            var side = Math.Min(12, RendererProofs.SideFor(size));
            for (var step = 0; step < 6; step++)
                foreach (var renderer in (IRenderer[])[cpu, other])
                {
                    var images = renderer.Render(RendererProofs.Cameras, side, side, RendererProofs.Training(step));
                    renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => c - 0.3f), Opacity = Array.ConvertAll(images.Opacity, o => 0.2f - o) });
                    renderer.Step();
                }

            var settings = RenderSettings.Evaluation(Vector3.One);
            return RendererProofs.Images(
                other.Render(RendererProofs.Cameras, side, side, settings), cpu.Render(RendererProofs.Cameras, side, side, settings));
        }
    }

    private static double Moved(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device, Ellipsoid);
        using (other)
        {
            other.Render(RendererProofs.Cameras, 8, 8, RendererProofs.Training(3));
            other.Backward(new ImageGradients { Color = Enumerable.Repeat(0.1f, 2 * 3 * 64).ToArray() });
            other.Step();
            using var state = new MemoryStream();
            other.WriteState(state);
            state.Position = 0;
            cpu.ReadState(state);
            var (side, settings) = (RendererProofs.SideFor(size), RenderSettings.Evaluation(Vector3.Zero));
            return cpu.Steps != 1 || cpu.Sharpness != other.Sharpness
                ? double.PositiveInfinity
                : RendererProofs.Images(other.Render(RendererProofs.Cameras, side, side, settings), cpu.Render(RendererProofs.Cameras, side, side, settings));
        }
    }

    private static double Queried(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device, Ellipsoid);
        using (other)
            return RendererProofs.Queried(other, cpu, size);
    }

    private static double Eikonal(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device, Ellipsoid);
        using (other)
        {
            var side = RendererProofs.SideFor(size);
            foreach (var renderer in (IRenderer[])[cpu, other])
                renderer.Render(RendererProofs.Cameras, side, side, RendererProofs.Training(2));
            return Math.Abs(other.LastEikonal / cpu.LastEikonal - 1);
        }
    }

    private static double Started(IKernelDevice device, int size)
    {
        const int Steps = 10;
        var solid = SignedShape.Sphere(0.4f);
        using var density = new CudaNerfRenderer(device, Ellipsoid.Field, Seed);
        using var distance = new CudaNeusRenderer(device, Ellipsoid, Seed);
        (CudaRayRenderer Device, ISolidStart Cpu)[] pairs = [(density, new NerfRenderer(Ellipsoid.Field, Seed)), (distance, new NeusRenderer(Ellipsoid, Seed))];
        return pairs.Max(pair =>
        {
            pair.Device.StartAs(solid, Steps);
            pair.Cpu.StartAs(solid, Steps);
            return RendererProofs.Queried(pair.Device, (IDensityField)pair.Cpu, size);
        });
    }
}
