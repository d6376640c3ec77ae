using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Marching and the whole step of a NeRF without bounds, seen from among what it shows.</summary>
internal static class UnboundedTimings
{
    private const int Runs = 9, Side = 64;

    public static IEnumerable<Timing> Of(CudaDevice device)
    {
        var options = NerfTimings.Options with { Bounds = NerfBounds.Unbounded, ScaleNearGradients = true, DensityBlob = DensityBlob.None };
        using var renderer = new CudaNerfRenderer(device, options, seed: 1);
        var cameras = View.Around(4, 20, 0.7f, 60).Select(view => view.Camera).ToArray();
        var settings = RenderSettings.ForTraining(1, Vector3.One);
        Once();
        var (rays, samples) = (renderer.TrainingRays, renderer.Samples);
        yield return new(
            "no bounds: march rays", Ceilings.Median(device, Runs, () => renderer.Marcher.Place(rays, samples, 0, rays.Count, settings)), samples.Count, 20.0 * samples.Count, 0);
        yield return new("no bounds: whole step, 4 views of 64 x 64", Ceilings.Median(device, Runs, Once), samples.Count, 0, 0);

        void Once()
        {
            var images = renderer.Render(cameras, Side, Side, settings with { Seed = renderer.Steps });
            renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => 0.1f * (c - 0.5f) / images.Color.Length) });
            renderer.Step();
        }
    }
}
