using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using DreamTime.Diffusion;
using DreamTime.Renderers;

namespace DreamTime.Benchmarks;

/// <summary>
/// The NeRF's step in the setting that its marks are stated for: 64 x 64 rays, 24 samples across, 16 x 2 levels of 2^17 entries, a network 32-64-64-4. Core-seconds of everything in one run, and the
/// network's rate beside the processor's own rate of fused multiply-adds.
/// </summary>
internal static class MarkBenchmark
{
    private const int Side = 64, Rounds = 5;

    private static readonly NerfOptions Marked = new()
    {
        Levels = 16,
        Log2TableSize = 17,
        BaseResolution = 16,
        FinestResolution = 512,
        HiddenWidth = 64,
        HiddenLayers = 2,
        SamplesPerRay = 24,
        OccupancyResolution = 0,
        NetworkLearningRate = 0,
        GridLearningRate = 0,
    };

    private static readonly NerfOptions Light = Marked with { Levels = 8, HiddenWidth = 32, HiddenLayers = 1 };

    private static readonly Camera[] Cameras = [Camera.Orbit(20, 20, 2.8f, 45)];

    public static void Run(TextWriter output)
    {
        NativeLibtorch.Load();
        var everywhere = new NerfRenderer(Marked, 1);
        var images = Render(everywhere);
        var gradient = new ImageGradients { Color = [.. images.Color.Select((_, i) => MathF.Sin(i) / 2)] };
        var tensors = new TensorNerf(everywhere, images, gradient.Color);
        everywhere.Backward(gradient);
        tensors.Check(everywhere, images);
        var pruned = new NerfRenderer(Marked with { OccupancyResolution = 32 }, 1);
        for (var i = 0; i < pruned.Options.OccupancyInterval; i++)
            Step(pruned, gradient);

        var baseline = Best(tensors.Step);
        Say("tensor operations (index_select: of a step, the look-up with the cheapest sum of both ways)", baseline, everywhere.LastSamples.Evaluated);
        Say("kernels, all of space", Best(() => Step(everywhere, gradient)), everywhere.LastSamples.Evaluated);
        Say("kernels, what is empty skipped", Best(() => Step(pruned, gradient)), pruned.LastSamples.Evaluated);
        var light = new NerfRenderer(Light, 1);
        Say("kernels, 8 x 2 levels and 32 neurons in one layer", Best(() => Step(light, gradient)), light.LastSamples.Evaluated);
        var (peak, network) = (MultiplyAdds(), Network());
        output.WriteLine(FormattableString.Invariant(
            $"network 32-64-64-4 forward: {network / 1e9:F1} GFLOP a core-second, {network / peak:P0} of the {peak / 1e9:F1} of fused multiply-adds of {Vector256<float>.Count} lanes"));

        void Say(string what, (double Core, double Wall) best, int samples) => output.WriteLine(FormattableString.Invariant(
            $"{what}: {best.Core * 1e3:F1} core-ms, {best.Wall * 1e3:F1} ms, {samples} samples, {samples / best.Wall / 1e6:F2} million a second, {baseline.Core / best.Core:F1} x"));
    }

    private static Images Render(NerfRenderer renderer) => renderer.Render(Cameras, Side, Side, RenderSettings.ForTraining(1, Vector3.One));

    private static void Step(NerfRenderer renderer, ImageGradients gradient)
    {
        Render(renderer);
        renderer.Backward(gradient);
        renderer.Step();
    }

    /// <summary>The shortest of several rounds, each with the least of its core-seconds and of its seconds: other work only lengthens them.</summary>
    private static (double Core, double Wall) Best(Action action)
    {
        action();
        action();
        var best = (Core: double.PositiveInfinity, Wall: double.PositiveInfinity);
        for (var round = 0; round < Rounds; round++)
        {
            var (core, clock, steps) = (CoreSeconds.Now, Stopwatch.StartNew(), 0);
            for (; clock.Elapsed.TotalSeconds < 1; steps++)
                action();
            best = (Math.Min(best.Core, (CoreSeconds.Now - core) / steps), Math.Min(best.Wall, clock.Elapsed.TotalSeconds / steps));
        }

        return best;
    }

    /// <summary>Operations a core-second of ten independent chains, the most that a core can have under way: the best of many short runs, the first of which are not compiled well yet.</summary>
    private static double MultiplyAdds()
    {
        const int Times = 500_000;
        var (best, sum) = (0.0, 0f);
        for (var run = 0; run < 200; run++)
        {
            var core = CoreSeconds.Now;
            sum += Chains(Times);
            best = Math.Max(best, 10.0 * 2 * Vector256<float>.Count * Times / (CoreSeconds.Now - core));
        }

        return float.IsFinite(sum) ? best : 0;
    }

    private static float Chains(int times)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(1e-3f));
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y;
        for (var k = 0; k < times; k++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
            i = Vector256.MultiplyAddEstimate(i, x, y);
            j = Vector256.MultiplyAddEstimate(j, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    /// <summary>Operations a core-second of the network's kernel on one thread.</summary>
    private static unsafe double Network()
    {
        const int Tiles = 20_000;
        var layout = new MlpLayout(32, 64, 2, 4);
        float[] weights = [.. Enumerable.Range(0, layout.Parameters).Select(i => MathF.Sin(i) / 8)], input = [.. Enumerable.Range(0, 32 * Mlp.Tile).Select(i => MathF.Cos(i))];
        float[] hidden = new float[2 * 64 * Mlp.Tile], result = new float[4 * Mlp.Tile];
        fixed (float* w = weights, x = input, h = hidden, y = result)
        {
            Mlp.Forward(layout, w, x, Mlp.Tile, h, y);
            var core = CoreSeconds.Now;
            for (var tile = 0; tile < Tiles; tile++)
                Mlp.Forward(layout, w, x, Mlp.Tile, h, y);
            return 2.0 * layout.Parameters * Mlp.Tile * Tiles / (CoreSeconds.Now - core);
        }
    }
}
