using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels of Gaussians, and whole frames: 100,000 at 512 x 512.</summary>
internal static class SplatTimings
{
    private const int Runs = 9, Count = 100_000, Side = 512;

    private static readonly SplatOptions Options = new() { InitialCount = Count, MaximalCount = Count, DensifyInterval = 0 };

    private static readonly Camera[] Cameras = [.. View.Around(4, 20, 2.8f, 45).Select(view => view.Camera)];

    private static readonly RenderSettings Settings = RenderSettings.ForTraining(1, Vector3.One);

    public static IEnumerable<Timing> Of(CudaDevice device) => Kernels(device, trained: 0).Concat(Kernels(device, trained: 60)).Concat(Frames(device)).Append(ThroughHost(device)).Append(Round(device));

    private static IEnumerable<Timing> Kernels(CudaDevice device, int trained)
    {
        using var renderer = new CudaSplatRenderer(device, Options, seed: 1);
        Learn(renderer, trained);
        using DeviceArray<float> color = new(device, 3L * Side * Side), opacity = new(device, Side * Side), depth = new(device, Side * Side);
        DevicePlanes planes = new(color.Address, opacity.Address, depth.Address), gradients = new(color.Address, 0, 0);
        renderer.Render(Cameras[..1], Side, Side, Settings, planes);
        var (views, gaussians) = (renderer.TrainingViews, renderer.Gaussians);
        double n = Count, instances = views.Instances, pixels = Side * Side;
        var state = $", {(trained == 0 ? "new" : "trained")}, {instances / 1000:F0}k";

        yield return Time("project" + state, n, n * (14 * 4 + 48 + 12), n * 150, () => views.Project(gaussians));
        // Sorting again what is sorted moves as many numbers.
        yield return Time("order by depth" + state, n, n * 4 * (4 + 16), 0, views.Order);
        yield return Time("list by tile" + state, instances, instances * (12 + 2 * (4 + 16)), 0, () => views.Place(gaussians));
        yield return Time("rasterise" + state, instances, instances * (8 + 48) + pixels * 20, 0, views.Raster);
        yield return Time("rasterise, backward" + state, instances, instances * (8 + 48 + 48) + pixels * 24, 0, () => views.RasterBackward(gradients));
        yield return Time("project, backward" + state, n, instances * 48 + n * (14 * 4 * 3 + 48), n * 300, () => views.ProjectBackward(gaussians));
        yield return Time("Adam and the gradient's norm" + state, n, n * 14 * 32, 0, () => renderer.Step(0));

        Timing Time(string name, double count, double bytes, double operations, Action action) => new(name, Ceilings.Median(device, Runs, action), count, bytes, operations);
    }

    private static IEnumerable<Timing> Frames(CudaDevice device)
    {
        foreach (var (trained, degree, views) in ((int, int, int)[])[(0, 0, 1), (60, 0, 1), (60, 3, 1), (60, 0, 4)])
        {
            using var renderer = new CudaSplatRenderer(device, Options with { HarmonicsDegree = degree }, seed: 1);
            Learn(renderer, trained);
            var size = (long)views * Side * Side;
            using DeviceArray<float> color = new(device, 3 * size), opacity = new(device, size), depth = new(device, size), slopes = new(device, 3 * size);
            DevicePlanes planes = new(color.Address, opacity.Address, depth.Address), gradients = new(slopes.Address, 0, 0);
            slopes.Upload([.. Enumerable.Range(0, (int)(3 * size)).Select(i => (i * 2654435761u >> 8) * 1e-12f - 8e-6f)]);
            var milliseconds = Ceilings.Median(device, Runs, () =>
            {
                renderer.Render(Cameras[..views], Side, Side, Settings, planes);
                renderer.Backward(gradients);
                renderer.Step(0.01f);
            });
            yield return new($"splat frames: {views} x 512^2, degree {degree}, {(trained == 0 ? "new" : "trained")}", milliseconds, Count * views, 0, 0);
        }
    }

    /// <summary>A frame whose images and gradients leave the device, as beside a prior that is not on it.</summary>
    private static Timing ThroughHost(CudaDevice device)
    {
        using var renderer = new CudaSplatRenderer(device, Options, seed: 1);
        return new("splat frames: 1 x 512^2 through the host", Ceilings.Median(device, Runs, () =>
        {
            var images = renderer.Render(Cameras[..1], Side, Side, Settings);
            renderer.Backward(new ImageGradients { Color = images.Color });
            renderer.Step(0.01f);
        }), Count, 0, 0);
    }

    /// <summary>A step with a round of growing and pruning, which the processor does, once in so many steps as the options say.</summary>
    private static Timing Round(CudaDevice device)
    {
        using var renderer = new CudaSplatRenderer(device, Options with { DensifyInterval = 1 }, seed: 1);
        return new("splats: a step with a round of growing and pruning", Ceilings.Median(device, 3, () => renderer.Step(0)), Count, 0, 0);
    }

    /// <summary>Towards a grey ball of half the radius: what is opaque hides what is behind it.</summary>
    private static void Learn(CudaSplatRenderer renderer, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var images = renderer.Render(Cameras, Side / 4, Side / 4, Settings);
            var opacity = new float[images.Opacity.Length];
            for (var i = 0; i < opacity.Length; i++)
            {
                var (x, y) = (i % (Side / 4) - Side / 8, i / (Side / 4) % (Side / 4) - Side / 8);
                opacity[i] = (images.Opacity[i] - (25 * (x * x + y * y) < Side * Side / 16 ? 1 : 0)) / opacity.Length;
            }

            renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => 0.1f * (c - 0.5f) / images.Color.Length), Opacity = opacity });
            renderer.Step();
        }
    }
}
