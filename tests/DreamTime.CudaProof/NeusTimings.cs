using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The step of a signed distance with the NeRF's grid and network: each sample is four.</summary>
internal static class NeusTimings
{
    public static IEnumerable<Timing> Of(CudaDevice device)
    {
        yield return Step(device, "signed distance: whole step, 4 views of 64 x 64, all of space", trained: 0);
        yield return Step(device, "signed distance: whole step, 4 views of 64 x 64, pruned", trained: 96);
    }

    private static Timing Step(CudaDevice device, string name, int trained)
    {
        const int Side = 64;
        using var renderer = new CudaNeusRenderer(device, new NeusOptions { Field = NerfTimings.Options }, seed: 1);
        var cameras = View.Around(4, 20, 2.8f, 45).Select(view => view.Camera).ToArray();
        var settings = RenderSettings.ForTraining(1, Vector3.One);
        for (var step = 0; step < trained; step++)
            Once();
        return new(name, Ceilings.Median(device, 9, Once), renderer.Samples.Count, 0, 0);

        void Once()
        {
            var images = renderer.Render(cameras, Side, Side, settings with { Seed = renderer.Steps });
            renderer.Backward(new ImageGradients { Color = Array.ConvertAll(images.Color, c => 0.1f * (c - 0.5f) / images.Color.Length) });
            renderer.Step();
        }
    }
}
