using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>A surface on a tetrahedral grid beside the CPU's, which is itself checked against definitions in double and finite differences.</summary>
internal static class DmtetProofs
{
    private const long Seed = 5;

    private static readonly DmtetOptions Options = new()
    {
        Resolution = 14,
        InitialRadii = new Vector3(0.6f, 0.5f, 0.7f),
        Field = new NerfOptions { Levels = 6, Log2TableSize = 12, BaseResolution = 4, FinestResolution = 32, HiddenWidth = 32 },
    };

    private static readonly DmtetRegularizers All3 = new() { NormalConsistency = 3, Laplacian = 2, SignConsistency = 0.5f };

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        new("the triangles of a signed distance are the CPU's, in its order", 1e-5, Triangles),
        // A pixel's centre on an edge may fall to the other triangle for another rounding of the positions.
        new("views of a surface are rendered", 1e-4, (device, n) => Rendered(device, n, 0, training: false)),
        new("views of a surface from within it are rendered", 1e-4, (device, n) => Rendered(device, n, 1, training: false)),
        new("gradients of colour, opacity and depth reach a surface and its material", 5e-3, (device, n) => Gradients(device, n, DmtetRegularizers.None)),
        new("losses on a surface reach its distances and moves", 5e-3, (device, n) => Gradients(device, n, All3)),
        new("after six steps of a surface the pictures are the same", 2e-2, Optimised),
        new("a surface's state moves between the CPU and the device", 1e-4, Moved),
        new("a surface is asked for and extracted", 1e-5, Extracted),
        new("a lattice without a surface shows the background", 1e-6, Empty),
    ];

    internal static (DmtetRenderer Cpu, CudaDmtetRenderer Device) Pair(IKernelDevice device, bool? tensorCores = null)
    {
        var cpu = new DmtetRenderer(Options, Seed);
        var random = new Random(6);
        foreach (ref var entry in cpu.Material.Table.Values.AsSpan())
            entry = random.NextSingle() - 0.5f;
        foreach (ref var move in cpu.Move.Values.AsSpan())
            move = random.NextSingle() - 0.5f;
        foreach (ref var distance in cpu.Distance.Values.AsSpan())
            distance += 0.3f * cpu.Grid.Spacing * (random.NextSingle() - 0.5f);
        cpu.Forget();
        using var state = new MemoryStream();
        cpu.WriteState(state);
        state.Position = 0;
        var other = new CudaDmtetRenderer(device, Options, Seed, tensorCores);
        other.ReadState(state);
        return (cpu, other);
    }

    private static double Triangles(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device);
        using (other)
        {
            var (expected, found) = (cpu.Current(), other.Current());
            if (found.TriangleCount != expected.TriangleCount || found.VertexCount != expected.Positions.Length)
                return double.PositiveInfinity;
            var (triangles, positions) = (new int[3 * found.TriangleCount], new float[3 * found.VertexCount]);
            found.Triangles.Download(triangles);
            found.Positions.Download(positions);
            // Vertices are numbered in another order: what their triangles say is compared.
            return Difference.Of(
                [.. triangles.SelectMany(v => (float[])[positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]])],
                expected.Triangles.SelectMany(v => (float[])[expected.Positions[v].X, expected.Positions[v].Y, expected.Positions[v].Z]).ToArray());
        }
    }

    private static Camera[] Cameras(int kind) => kind == 0 ? RendererProofs.Cameras : [Camera.Orbit(10, 5, 0.4f, 70), Camera.Orbit(200, -40, 0.75f, 90)];

    private static double Rendered(IKernelDevice device, int size, int kind, bool training)
    {
        var (cpu, other) = Pair(device);
        using (other)
        {
            var (side, settings) = (2 * RendererProofs.SideFor(size), RendererProofs.Training(0) with { Training = training });
            return RendererProofs.Images(other.Render(Cameras(kind), side, side + 3, settings), cpu.Render(Cameras(kind), side, side + 3, settings));
        }
    }

    private static double Gradients(IKernelDevice device, int size, DmtetRegularizers regularizers)
    {
        var (cpu, other) = Pair(device);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (regularizers, regularizers);
            var side = 2 * RendererProofs.SideFor(size);
            var images = cpu.Render(Cameras(0), side, side, RendererProofs.Training(11));
            other.Render(Cameras(0), side, side, RendererProofs.Training(11));
            // An evaluation in between changes nothing.
            other.Render(Cameras(1), 5, 4, RenderSettings.Evaluation(Vector3.One));
            var gradients = RendererProofs.Gradient(images, 12);
            cpu.Backward(gradients);
            other.Backward(gradients);
            return new[]
            {
                RendererProofs.Of(other.Distance, cpu.Distance), RendererProofs.Of(other.Move, cpu.Move), RendererProofs.Of(other.Field.Table, cpu.Material.Table),
                RendererProofs.Of(other.Field.Weights, cpu.Material.Weights),
            }.Max();
        }
    }

    private static double Optimised(IKernelDevice device, int size)
    {
        var (cpu, other) = (new DmtetRenderer(Options, Seed) { Regularizers = All3 }, new CudaDmtetRenderer(device, Options, Seed) { Regularizers = All3 });
        using (other)
        {
            var side = RendererProofs.SideFor(size);
            for (var step = 0; step < 6; step++)
                foreach (var renderer in (IRenderer[])[cpu, other])
                {
                    var images = renderer.Render(Cameras(0), side, side, RendererProofs.Training(step));
                    renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => c - 0.3f), Opacity = Array.ConvertAll(images.Opacity, o => 0.2f - o) });
                    renderer.Step();
                }

            var settings = RenderSettings.Evaluation(Vector3.One);
            return RendererProofs.Images(other.Render(Cameras(0), side, side, settings), cpu.Render(Cameras(0), side, side, settings));
        }
    }

    private static double Moved(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device);
        using (other)
        {
            other.Render(Cameras(0), 8, 8, RendererProofs.Training(3));
            other.Backward(new ImageGradients { Color = Enumerable.Repeat(0.1f, 2 * 3 * 64).ToArray() });
            other.Step();
            using var state = new MemoryStream();
            other.WriteState(state);
            state.Position = 0;
            cpu.ReadState(state);
            var (side, settings) = (2 * RendererProofs.SideFor(size), RenderSettings.Evaluation(Vector3.Zero));
            return cpu.Steps == 1 ? RendererProofs.Images(other.Render(Cameras(0), side, side, settings), cpu.Render(Cameras(0), side, side, settings)) : double.PositiveInfinity;
        }
    }

    private static double Extracted(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device);
        using (other)
        {
            var (expected, found) = (cpu.Surface()!, other.Surface()!);
            return Math.Max(
                RendererProofs.Queried(other, cpu, size),
                Difference.Of([.. found.Positions.SelectMany(p => (float[])[p.X, p.Y, p.Z])], expected.Positions.SelectMany(p => (float[])[p.X, p.Y, p.Z]).ToArray()));
        }
    }

    private static double Empty(IKernelDevice device, int size)
    {
        var (cpu, other) = Pair(device);
        using (other)
        {
            foreach (ref var distance in cpu.Distance.Values.AsSpan())
                distance = 1;
            cpu.Forget();
            using var state = new MemoryStream();
            cpu.WriteState(state);
            state.Position = 0;
            other.ReadState(state);
            var images = other.Render(Cameras(0), 6, 5, RendererProofs.Training(1));
            other.Backward(new ImageGradients { Opacity = new float[60] });
            var norm = other.Step();
            return other.TriangleCount == 0 && norm == 0 ? RendererProofs.Images(images, cpu.Render(Cameras(0), 6, 5, RendererProofs.Training(1))) : double.PositiveInfinity;
        }
    }
}
