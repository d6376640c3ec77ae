using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels and the step of a signed distance with the NeRF's grid and network: each sample is four.</summary>
internal static class NeusTimings
{
    private const int Runs = 9;

    public static IEnumerable<Timing> Of(CudaDevice device) => Kernels(device).Concat(
    [
        Step(device, "signed distance: whole step, 4 views of 64 x 64, all of space", views: 4, trained: 0),
        Step(device, "signed distance: whole step, 4 views of 64 x 64, pruned", views: 4, trained: 96),
        Step(device, "signed distance: whole step, 1 view of 64 x 64, pruned", views: 1, trained: 96),
    ]);

    private static IEnumerable<Timing> Kernels(CudaDevice device)
    {
        const int Views = 4, Side = 128;
        const float Epsilon = 0.01f, Sharpness = 20;
        using var renderer = new CudaNeusRenderer(device, new NeusOptions { Field = NerfTimings.Options }, seed: 1);
        var cameras = View.Around(Views, 20, 2.8f, 45).Select(view => view.Camera).ToArray();
        renderer.Render(cameras, Side, Side, RenderSettings.ForTraining(1, Vector3.One));
        var (samples, rays, step) = (renderer.Samples, renderer.TrainingRays, renderer.Marcher.Step);
        double n = samples.Count;
        using var slopes = new CudaSlopes(device, renderer.Field.Features);
        using DeviceArray<float> variance = new(device, 1), density = new(device, samples.Stride);
        using var eikonal = new DeviceArray<double>(device, 1);
        slopes.Begin(samples, Epsilon / 2);
        renderer.Field.Prepare();
        renderer.Field.Evaluate(slopes.Moved);
        var blocks = NeusKernels.Forward.BlocksFor((long)NeusKernels.LanesPerRay * rays.Count);

        yield return Time("signed distance: samples moved along each axis", 12 + 36, () => slopes.Begin(samples, Epsilon / 2));
        yield return Time("signed distance: an ellipsoid added", 12 + 8, () => device.Launch(
            NeusKernels.Ellipsoid, NeusKernels.Ellipsoid.BlocksFor(samples.Count), samples.X, samples.Y, samples.Z, samples.Count, 1f, 0.5f, 0.5f, 0.5f, samples.Density));
        yield return Time("signed distance: slopes, densities, eikonal loss", 16 + 16, () => device.Launch(
            NeusKernels.Forward, blocks, rays.Cameras, 0, rays.Count, rays.Pixels, rays.Width, samples.RayStart, samples.Density, slopes.Moved.Density, samples.Count, Epsilon,
            step, Sharpness, 1f, slopes.Values, density, eikonal));
        yield return Time("signed distance: these, backward", 12 + 8 + 16, () => device.Launch(
            NeusKernels.Backward, blocks, rays.Cameras, rays.Count, rays.Pixels, rays.Width, samples.RayStart, rays.Used, slopes.Values, samples.Count, Epsilon,
            step, Sharpness, 1f, 1e-9f, density, 0, samples.Density, slopes.Moved.Density, variance));

        Timing Time(string name, double bytes, Action action) => new(name, Ceilings.Median(device, Runs, action), n, n * bytes, 0);
    }

    private static Timing Step(CudaDevice device, string name, int views, int trained)
    {
        const int Side = 64;
        using var renderer = new CudaNeusRenderer(device, new NeusOptions { Field = NerfTimings.Options }, seed: 1);
        var cameras = View.Around(4, 20, 2.8f, 45).Select(view => view.Camera).ToArray();
        var settings = RenderSettings.ForTraining(1, Vector3.One);
        for (var step = 0; step < trained; step++)
            Once(cameras);
        return new(name, Ceilings.Median(device, Runs, () => Once(cameras[..views])), renderer.Samples.Count, 0, 0);

        void Once(Camera[] from)
        {
            var images = renderer.Render(from, Side, Side, settings with { Seed = renderer.Steps });
            renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => 0.1f * (c - 0.5f) / images.Color.Length) });
            renderer.Step();
        }
    }
}
