using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels of normals and light, and the step of a lit signed distance, with the NeRF's grid and network.</summary>
internal static class LightTimings
{
    private const int Runs = 9;
    private static readonly Shading Light = Shading.Lit(new Vector3(2, 1, 3));

    public static IEnumerable<Timing> Of(CudaDevice device)
    {
        var differences = NerfTimings.Options with { NormalMethod = NormalMethod.FiniteDifference };
        return Kernels(device, differences).Concat(
        [
            Step(device, "signed distance: whole step, lit, by differences", NormalMethod.FiniteDifference),
            Step(device, "signed distance: whole step, lit, by exact slopes", NormalMethod.Analytic),
        ]);
    }

    private static IEnumerable<Timing> Kernels(CudaDevice device, NerfOptions options)
    {
        const int Views = 4, Side = 128;
        const float Epsilon = 0.01f;
        using var renderer = new CudaNerfRenderer(device, options, seed: 1);
        renderer.Render(Cameras(Views), Side, Side, RenderSettings.ForTraining(1, Vector3.One) with { Normals = true, Shadings = [Light] });
        var (samples, rays) = (renderer.Samples, renderer.TrainingRays);
        using var surface = new CudaSurfaceSamples(device, renderer.Field.Features, outward: -1);
        using DeviceArray<float> normals = new(device, 3L * rays.Count), values = new(device, samples.Stride);
        double n = samples.Count, pixels = rays.Count;
        surface.Slopes.Begin(samples, Epsilon / 2);
        renderer.Field.Evaluate(surface.Slopes.Moved);

        yield return Time("light: slopes by differences", 16 + 12, 0, () => device.Launch(
            NerfKernels.SurfaceSlopes, NerfKernels.SurfaceSlopes.BlocksFor(3L * samples.Count), samples.Density, surface.Slopes.Moved.Density, samples.Count, Epsilon, surface.Slopes.Values));
        yield return Time("light: samples shaded", 28 + 24, 0, () => surface.Shade(rays, samples, 0, rays.Count));
        yield return Time("light: normals that rays see", 16, 12, () => surface.Composite(rays, samples, 0, rays.Count));
        yield return Time("light: gradient of the weights, of seen normals", 12 + 4, 12, () => surface.WeightGradient(rays, samples, normals.Address));
        yield return Time("light: gradients of albedo and slopes", 44 + 24, 12, () => surface.Backward(rays, samples, normals.Address, 0.1f));
        yield return Time("light: slopes by differences, backward", 16 + 16, 0, () => device.Launch(
            NerfKernels.SurfaceTapsBackward, NerfKernels.SurfaceTapsBackward.BlocksFor(samples.Count), surface.Gradient, samples.Count, Epsilon, values, surface.Slopes.Moved.Density));

        Timing Time(string name, double ofSample, double ofPixel, Action action) => new(name, Ceilings.Median(device, Runs, action), n, n * ofSample + pixels * ofPixel, 0);
    }

    /// <summary>4 views of 64 x 64, pruned.</summary>
    private static Timing Step(CudaDevice device, string name, NormalMethod method)
    {
        const int Side = 64, Trained = 96;
        using var renderer = new CudaNeusRenderer(device, new NeusOptions { Field = NerfTimings.Options, NormalMethod = method }, seed: 1);
        var cameras = Cameras(4);
        var settings = RenderSettings.ForTraining(1, Vector3.One) with { Shadings = [Light] };
        for (var step = 0; step < Trained; step++)
            Once();
        return new(name, Ceilings.Median(device, Runs, Once), renderer.Samples.Count, 0, 0);

        void Once()
        {
            var images = renderer.Render(cameras, Side, Side, settings with { Seed = renderer.Steps });
            renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => 0.1f * (c - 0.5f) / images.Color.Length) });
            renderer.Step();
        }
    }

    private static Camera[] Cameras(int views) => [.. View.Around(views, 20, 2.8f, 45).Select(view => view.Camera)];
}
