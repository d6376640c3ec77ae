using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Normals and light beside the CPU's, which are themselves checked against definitions in double and finite differences. A slope is a difference over a hundredth on both sides.</summary>
internal static class LightProofs
{
    private static readonly NerfOptions Ball = RendererProofs.Ball with { NormalMethod = NormalMethod.FiniteDifference };

    private static readonly NerfRegularizers Oriented = new() { Orientation = 0.5f, Sparsity = 0.2f };

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        new("normals and lit views of a density are rendered", 2e-3, (device, n) => Rendered(RendererProofs.Pair(device, Ball), n)),
        new("normals and lit views of a signed distance are rendered", 2e-3, (device, n) => Rendered(NeusProofs.Pair(device, NeusProofs.Ellipsoid), n)),
        new("normals and lit views of a surface are rendered", 1e-4, (device, n) => Rendered(DmtetProofs.Pair(device), n)),
        new("gradients pass through normals and light to a surface", 5e-3, OfSurface),
        // A sample whose ReLU is off for one rounding and on for another has a gradient a hundred times that of its value.
        new("gradients pass through normals and light to a density", 5e-2, (device, n) => OfDensity(device, Ball, n, NerfRegularizers.None)),
        new("the orientation reaches a density", 5e-2, (device, n) => OfDensity(device, Ball, n, Oriented, normals: false)),
        new("gradients pass through normals and light to a signed distance", 5e-2, (device, n) => OfDistance(device, NeusProofs.Ellipsoid, n, Oriented)),
    ];

    /// <summary>One view plain, one white; or one lit and one white.</summary>
    private static RenderSettings Lit(RenderSettings settings, bool plain) => settings with
    {
        Normals = true,
        Shadings = [plain ? Shading.Albedo : Shading.Lit(new Vector3(2, 1, 3), 0.2f, 0.7f), Shading.Textureless(new Vector3(-1, 2, 1.5f))],
    };

    /// <param name="pair">With the same state.</param>
    /// <param name="size">Of the views.</param>
    /// <param name="difference">Of views; null for that of most of their numbers.</param>
    internal static double Rendered<TCpu, TDevice>((TCpu Cpu, TDevice Device) pair, int size, Func<Images, Images, double>? difference = null)
        where TCpu : IRenderer
        where TDevice : IRenderer, IDisposable
    {
        using (pair.Device)
        {
            var side = RendererProofs.SideFor(size);
            return new[] { (true, true), (false, false) }.Max(kind =>
            {
                var settings = Lit(RendererProofs.Training(9) with { Training = kind.Item1 }, kind.Item2);
                var (found, expected) = (pair.Device.Render(RendererProofs.Cameras, side, side + 3, settings), pair.Cpu.Render(RendererProofs.Cameras, side, side + 3, settings));
                return difference?.Invoke(found, expected) ?? Math.Max(RendererProofs.Images(found, expected), Difference.OfMost(found.Normals, expected.Normals!));
            });
        }
    }

    private static void Backward(IRenderer cpu, IRenderer other, int size, bool normals)
    {
        var (side, settings) = (RendererProofs.SideFor(size), Lit(RendererProofs.Training(11), plain: false));
        settings = settings with { Normals = normals };
        var images = cpu.Render(RendererProofs.Cameras, side, side, settings);
        other.Render(RendererProofs.Cameras, side, side, settings);
        // An evaluation in between changes nothing.
        other.Render(RendererProofs.Cameras, 5, 4, Lit(RenderSettings.Evaluation(Vector3.One), plain: true));
        var random = new Random(13);
        var gradients = RendererProofs.Gradient(images, 12) with
        {
            Normals = normals ? [.. Enumerable.Range(0, images.Color.Length).Select(_ => random.NextSingle() - 0.5f)] : null,
        };
        cpu.Backward(gradients);
        other.Backward(gradients);
    }

    internal static double OfDensity(IKernelDevice device, NerfOptions options, int size, NerfRegularizers regularizers, bool normals = true, bool? tensorCores = null)
    {
        var (cpu, other) = RendererProofs.Pair(device, options, tensorCores);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (regularizers, regularizers);
            Backward(cpu, other, size, normals);
            return Math.Max(RendererProofs.Of(other.Field.Table, cpu.Field.Table), RendererProofs.Of(other.Field.Weights, cpu.Field.Weights));
        }
    }

    private static double OfSurface(IKernelDevice device, int size)
    {
        var (cpu, other) = DmtetProofs.Pair(device);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (new() { NormalConsistency = 2 }, new() { NormalConsistency = 2 });
            Backward(cpu, other, size, normals: true);
            return new[]
            {
                RendererProofs.Of(other.Distance, cpu.Distance), RendererProofs.Of(other.Move, cpu.Move), RendererProofs.Of(other.Field.Table, cpu.Material.Table),
                RendererProofs.Of(other.Field.Weights, cpu.Material.Weights),
            }.Max();
        }
    }

    internal static double OfDistance(IKernelDevice device, NeusOptions options, int size, NerfRegularizers regularizers, bool normals = true)
    {
        var (cpu, other) = NeusProofs.Pair(device, options);
        using (other)
        {
            (cpu.Regularizers, other.Regularizers) = (regularizers, regularizers);
            Backward(cpu, other, size, normals);
            return new[]
            {
                RendererProofs.Of(other.Field.Table, cpu.Field.Table), RendererProofs.Of(other.Field.Weights, cpu.Field.Weights), RendererProofs.Of(other.Variance, cpu.Variance),
            }.Max();
        }
    }
}
