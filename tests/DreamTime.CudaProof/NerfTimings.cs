using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels of a NeRF with 16 x 2 levels of 2^19 entries and a network 32-64-64-4, and its whole step.</summary>
internal static class NerfTimings
{
    private const int Runs = 9, Features = 32;

    // Multiply-adds of the network 32-64-64-4, forward.
    private const double NetworkProducts = 32 * 64 + 64 * 64 + 64 * 4;

    internal static readonly NerfOptions Options = new()
    {
        Levels = 16,
        Log2TableSize = 19,
        BaseResolution = 16,
        FinestResolution = 2048,
        HiddenWidth = 64,
        HiddenLayers = 2,
        SamplesPerRay = 64,
        OccupancyResolution = 64,
        OccupancyInterval = 16,
    };

    public static IEnumerable<Timing> Of(CudaDevice device) => Kernels(device).Concat(Steps(device));

    private static IEnumerable<Timing> Kernels(CudaDevice device)
    {
        const int Views = 16, Side = 128;
        using var renderer = new CudaNerfRenderer(device, Options, seed: 1);
        var cameras = View.Around(Views, 20, 2.8f, 45).Select(view => view.Camera).ToArray();
        var settings = RenderSettings.ForTraining(1, Vector3.One);
        renderer.Render(cameras, Side, Side, settings);
        var (field, samples, rays) = (renderer.Field, renderer.Samples, renderer.TrainingRays);
        double n = samples.Count, pixels = rays.Count;
        using var gradient = new DeviceArray<float>(device, 3L * rays.Count);
        using var norm = new CudaGradientNorm(device);
        gradient.Upload([.. Enumerable.Range(0, 3 * rays.Count).Select(i => (i * 2654435761u >> 8) * 1e-8f - 0.08f)]);

        const double Gathers = 16 * 8 * 2 * sizeof(float);
        yield return Time("march rays through the occupancy grid", n, 16 * n + 4 * pixels, 0, () => renderer.Marcher.Place(rays, samples, 0, rays.Count, settings));
        yield return Time("encode", n, n * (12 + Gathers + 4 * Features), n * 16 * 8 * 4, () => field.Encode(samples));
        yield return Time("network, forward", n, n * (4 * Features + 28), n * 2 * NetworkProducts, () => field.ForwardNetwork(samples));
        yield return Time("composite, forward", n, n * (20 + 4) + pixels * 24, n * 12, () => renderer.Compositor.Forward(rays, samples, samples.Density, 0, rays.Count, keepWeights: true));
        yield return Time("composite, backward", n, n * (24 + 16) + pixels * 16, n * 24, () => renderer.Compositor.Backward(rays, samples, samples.Density, new(gradient.Address, 0, 0), NerfRegularizers.None));
        yield return Time("network, backward", n, n * (4 * Features * 2 + 28), n * 6 * NetworkProducts, () => field.BackwardNetwork(samples));
        yield return Time("encode, backward", n, n * (12 + Gathers + 4 * Features), n * 16 * 8 * 4, () => field.BackwardEncoding(samples));
        yield return Time("Adam and the gradient's norm, of all entries", field.Table.Count, 8.0 * field.Table.Count, 0, () =>
        {
            norm.Of([(field.Table, "hash grid")], 0);
            field.Table.Step(1, 0.01f);
        });

        yield return Time("all of these but Adam", n, 0, 0, () =>
        {
            renderer.Marcher.Place(rays, samples, 0, rays.Count, settings);
            field.Prepare();
            field.Evaluate(samples);
            renderer.Compositor.Forward(rays, samples, samples.Density, 0, rays.Count, keepWeights: true);
            renderer.Compositor.Backward(rays, samples, samples.Density, new(gradient.Address, 0, 0), NerfRegularizers.None);
            field.Backward(samples);
        });

        using var plain = new CudaField(device, Options, seed: 1, tensorCores: false);
        plain.Prepare();
        yield return Time("network without tensor cores, forward", n, n * (4 * Features + 28), n * 2 * NetworkProducts, () => plain.ForwardNetwork(samples));
        yield return Time("network without tensor cores, backward", n, n * (4 * Features * 2 + 28), n * 6 * NetworkProducts, () => plain.BackwardNetwork(samples));

        Timing Time(string name, double count, double bytes, double operations, Action action) =>
            new($"{name}", Ceilings.Median(device, Runs, action), count, bytes, operations);
    }

    private static IEnumerable<Timing> Steps(CudaDevice device)
    {
        yield return Step(device, "whole step, 16 views of 128 x 128, all of space", views: 16, side: 128, trained: 0);
        yield return Step(device, "whole step, 1 view of 64 x 64, all of space", views: 1, side: 64, trained: 0);
        yield return Step(device, "whole step, 1 view of 64 x 64, pruned", views: 1, side: 64, trained: 96);
        yield return Step(device, "whole step, 4 views of 64 x 64, pruned", views: 4, side: 64, trained: 96);
    }

    /// <summary>Render, backward and step on the device, images and their gradient through the host.</summary>
    private static Timing Step(CudaDevice device, string name, int views, int side, int trained)
    {
        using var renderer = new CudaNerfRenderer(device, Options, seed: 1);
        var cameras = View.Around(Math.Max(views, 4), 20, 2.8f, 45).Select(view => view.Camera).ToArray();
        var settings = RenderSettings.ForTraining(1, Vector3.One);
        // Towards a grey ball of half the radius, so that pruning has something to do.
        for (var step = 0; step < trained; step++)
            Once(cameras, step);
        var shown = cameras[..views];
        var samples = 0;
        var milliseconds = Ceilings.Median(device, Runs, () => samples = Once(shown, 1000));
        return new(name, milliseconds, samples, 0, 0);

        int Once(Camera[] from, int seed)
        {
            var images = renderer.Render(from, side, side, settings with { Seed = seed });
            var color = new float[images.Color.Length];
            var opacity = new float[images.Opacity.Length];
            for (var i = 0; i < opacity.Length; i++)
            {
                var (x, y) = (i % side - side / 2, i / side % side - side / 2);
                opacity[i] = (images.Opacity[i] - (16 * (x * x + y * y) < side * side ? 1 : 0)) / opacity.Length;
            }

            for (var i = 0; i < color.Length; i++)
                color[i] = 0.1f * (images.Color[i] - 0.5f) / color.Length;
            renderer.Backward(new ImageGradients { Color = color, Opacity = opacity });
            renderer.Step();
            return renderer.Samples.Count;
        }
    }
}
