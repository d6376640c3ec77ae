using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>What exact normals and light add to a NeRF's step, with the network 32-64-64-4.</summary>
internal static class SlopeTimings
{
    private const int Runs = 9;

    // Multiply-adds of the network 32-64-64-4, of the other outputs only the last layer has more.
    private const double NetworkProducts = 32 * 64 + 64 * 64 + 64;

    public static IEnumerable<Timing> Of(CudaDevice device) => Kernels(device).Concat(Steps(device));

    private static IEnumerable<Timing> Kernels(CudaDevice device)
    {
        const int Views = 16, Side = 64, Features = 32;
        const double Gathers = 16 * 8 * 2 * sizeof(float);
        using var renderer = new CudaNerfRenderer(device, NerfTimings.Options, seed: 1);
        renderer.Render([.. View.Around(Views, 20, 2.8f, 45).Select(view => view.Camera)], Side, Side, RenderSettings.ForTraining(1, Vector3.One));
        var (field, samples) = (renderer.Field, renderer.Samples);
        using var slope = new CudaAnalyticSlope(device, field);
        using DeviceArray<float> slopes = new(device), gradient = new(device);
        gradient.Upload([.. Enumerable.Range(0, 3 * samples.Count).Select(i => (i * 2654435761u >> 8) * 1e-8f - 0.08f)]);
        double n = samples.Count;
        slope.Fill(samples, slopes);
        yield return Time("slope through the network", n * 4 * Features * 2, n * 4 * NetworkProducts, () => slope.FillNetwork(samples));
        yield return Time("slope through the hash grid", n * (12 + Gathers + 4 * Features), n * 16 * 8 * 6, () => field.Slopes(samples, slopes));
        yield return Time("slope, all of it", n * (12 + Gathers + 4 * Features * 3), n * 4 * NetworkProducts, () => slope.Fill(samples, slopes));
        yield return Time("slope, backward to the hash grid", n * (24 + Gathers + 4 * Features), n * 16 * 8 * 6, () => slope.BackwardGrid(samples, gradient));
        yield return Time("slope, backward", n * (2 * Gathers + 4 * Features * 4), n * 8 * NetworkProducts, () => slope.Backward(samples, gradient));

        Timing Time(string name, double bytes, double operations, Action action) => new(name, Ceilings.Median(device, Runs, action), n, bytes, operations);
    }

    private static IEnumerable<Timing> Steps(CudaDevice device)
    {
        yield return Step(device, "whole step without light, 4 views of 64 x 64, all of space", Shading.Albedo, NormalMethod.Analytic);
        yield return Step(device, "whole step, lit by exact normals", Shading.Lit(new Vector3(1, 2, 1.5f)), NormalMethod.Analytic);
        yield return Step(device, "whole step, lit by normals by differences", Shading.Lit(new Vector3(1, 2, 1.5f)), NormalMethod.FiniteDifference);
    }

    private static Timing Step(CudaDevice device, string name, Shading shading, NormalMethod method)
    {
        const int Side = 64;
        using var renderer = new CudaNerfRenderer(device, NerfTimings.Options with { NormalMethod = method, OccupancyResolution = 0 }, seed: 1);
        var cameras = View.Around(4, 20, 2.8f, 45).Select(view => view.Camera).ToArray();
        var settings = RenderSettings.ForTraining(1, Vector3.One) with { Shadings = [shading] };
        return new(name, Ceilings.Median(device, Runs, Once), renderer.Samples.Count, 0, 0);

        void Once()
        {
            var images = renderer.Render(cameras, Side, Side, settings with { Seed = renderer.Steps });
            renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => 0.1f * (c - 0.5f) / images.Color.Length) });
            renderer.Step();
        }
    }
}
