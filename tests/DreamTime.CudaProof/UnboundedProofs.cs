using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>A NeRF of all of space beside the CPU's, which is itself checked against its definition in double and finite differences. One camera stands among what it sees.</summary>
internal static class UnboundedProofs
{
    private static readonly NerfOptions Room = RendererProofs.Ball with { Bounds = NerfBounds.Unbounded, ScaleNearGradients = true, DensityBlob = DensityBlob.None };

    private static readonly NerfOptions Near = RendererProofs.Ball with { ScaleNearGradients = true };

    private static readonly Camera[] Cameras = [Camera.Orbit(20, 15, 0.6f, 70), Camera.Orbit(-100, 40, 1.8f, 50)];

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        // The farthest samples are a thousand radii away, and a place there is rounded a thousand times as much as its own length's share of the cube.
        new("views of all of space are rendered", 1e-3, (device, n) => Rendered(device, n, training: false)),
        new("jittered views of all of space are rendered", 1e-3, (device, n) => Rendered(device, n, training: true)),
        new("gradients of all of space reach the parameters, less of them from nearby", 1e-2, (device, n) => Gradients(device, Room, n, NerfRegularizers.None)),
        new("regularisers of all of space reach the parameters", 1e-2, (device, n) => Gradients(device, Room, n, new() { Opaque = 0.4f, Entropy = 0.2f })),
        new("gradients of a ball are less from nearby", 1e-2, (device, n) => Gradients(device, Near, n, NerfRegularizers.None)),
        new("after eight steps, which prune all of space, the pictures are the same", 2e-2, Optimised),
        new("all of space is asked at points", 1e-4, Queried),
        new("all of space has no normals, and says so", 0, (device, _) => Refused(device)),
    ];

    private static double Rendered(IKernelDevice device, int size, bool training)
    {
        var (cpu, other) = RendererProofs.Pair(device, Room);
        using (other)
        {
            var (side, settings) = (RendererProofs.SideFor(size), RendererProofs.Training(9) with { Training = training });
            return Seen(other.Render(Cameras, side, side + 3, settings), cpu.Render(Cameras, side, side + 3, settings));
        }
    }

    private static double Gradients(IKernelDevice device, NerfOptions options, int size, NerfRegularizers regularizers)
    {
        var (cpu, other) = RendererProofs.Pair(device, options);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (regularizers, regularizers);
            var side = RendererProofs.SideFor(size);
            var images = cpu.Render(Cameras, side, side, RendererProofs.Training(11));
            other.Render(Cameras, side, side, RendererProofs.Training(11));
            // Depth is in hundreds of radii.
            var gradients = RendererProofs.Gradient(images, 12) with { Depth = null };
            cpu.Backward(gradients);
            other.Backward(gradients);
            return Math.Max(RendererProofs.Of(other.Field.Table, cpu.Field.Table), RendererProofs.Of(other.Field.Weights, cpu.Field.Weights));
        }
    }

    private static double Optimised(IKernelDevice device, int size)
    {
        var (cpu, other) = (new NerfRenderer(Room, 5), new CudaNerfRenderer(device, Room, 5));
        using (other)
        {
            var side = Math.Min(16, RendererProofs.SideFor(size));
            for (var step = 0; step < 8; step++)
                foreach (var renderer in (IRenderer[])[cpu, other])
                {
                    var images = renderer.Render(Cameras, side, side, RendererProofs.Training(step));
                    renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => c - 0.3f), Opacity = Array.ConvertAll(images.Opacity, o => 0.2f - o) });
                    renderer.Step();
                }

            var settings = RenderSettings.Evaluation(Vector3.One);
            return Seen(other.Render(Cameras, side, side, settings), cpu.Render(Cameras, side, side, settings));
        }
    }

    private static double Queried(IKernelDevice device, int size)
    {
        var (cpu, other) = RendererProofs.Pair(device, Room);
        using (other)
            return RendererProofs.Queried(other, cpu, size);
    }

    private static double Refused(IKernelDevice device)
    {
        using var renderer = new CudaNerfRenderer(device, Room, 5);
        try
        {
            renderer.Render(Cameras, 4, 4, RenderSettings.Evaluation(Vector3.One) with { Shadings = [Shading.Lit(Vector3.One)] });
            return double.PositiveInfinity;
        }
        catch (NotSupportedException)
        {
            return renderer.HasNormals ? double.PositiveInfinity : 0;
        }
    }

    private static double Seen(Images found, Images expected) => new[]
    {
        Difference.OfAll(found.Color, expected.Color), Difference.OfAll(found.Opacity, expected.Opacity), Difference.OfAll(found.Depth, expected.Depth),
    }.Max();
}
