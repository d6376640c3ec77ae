using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>A surface on a lattice of 128 cubes an axis, seen at 512 x 512.</summary>
internal static class DmtetTimings
{
    private const int Runs = 9, Side = 512;

    public static IEnumerable<Timing> Of(CudaDevice device)
    {
        var options = new DmtetOptions { Resolution = 128, InitialRadii = new Vector3(0.7f, 0.6f, 0.8f) };
        using var renderer = new CudaDmtetRenderer(device, options, seed: 1) { Regularizers = new() { NormalConsistency = 3, Laplacian = 2, SignConsistency = 0.05f } };
        Camera[] cameras = [Camera.Orbit(30, 20, 2.8f, 45)];
        var settings = RenderSettings.ForTraining(1, Vector3.One);
        using DeviceArray<float> color = new(device, 3L * Side * Side), opacity = new(device, Side * Side), depth = new(device, Side * Side), gradient = new(device);
        var into = new DevicePlanes(color.Address, opacity.Address, depth.Address);
        gradient.Upload([.. Enumerable.Range(0, 3 * Side * Side).Select(i => ((i * 2654435761u >> 8) * 1e-8f - 0.08f) / (Side * Side))]);
        var gradients = new DevicePlanes(gradient.Address, 0, 0);
        var surface = renderer.Current();
        renderer.Render(cameras, Side, Side, settings, into);
        var (cells, pixels, covered) = ((double)surface.Grid.Corners, (double)Side * Side, (double)renderer.TrainingViews.Covered);
        var vertices = surface.VertexCount;

        // A byte of each lattice vertex is written and read, three numbers of each cell written, two read twice, and two sums of each written.
        yield return Time($"surface: {surface.TriangleCount:N0} triangles found in 128^3 cubes", cells, cells * (2 * (4 + 2) + 12 + 24), () => surface.March(renderer.Distance, renderer.Move));
        yield return Time("surface: a view of 512 x 512", pixels, pixels * (8 + 8 + 28 + 20 + 20), () => renderer.Render(cameras, Side, Side, settings, into));
        yield return Time("surface: its backward pass, without the losses on it", covered, 0, () =>
        {
            surface.ClearGradients();
            renderer.TrainingViews.Backward(surface, renderer.Field, gradients);
            surface.Backward(renderer.Distance, renderer.Move);
        });
        yield return Time("surface: losses on it", vertices, 0, () => renderer.AddLosses());
        yield return Time("surface: the gradient's norm and Adam, of lattice and material", 4.0 * surface.Grid.Vertices, 8.0 * 4 * surface.Grid.Vertices, () => renderer.Step());
        yield return Time("surface: whole frame, forward, backward and step", 1, 0, () =>
        {
            renderer.Render(cameras, Side, Side, settings, into);
            renderer.Backward(gradients);
            renderer.Step();
        });
        yield return Time("surface: whole frame through the host", 1, 0, () =>
        {
            var images = renderer.Render(cameras, Side, Side, settings);
            renderer.Backward(new ImageGradients { Color = images.Color });
            renderer.Step();
        });

        Timing Time(string name, double count, double bytes, Action action) => new(name, Ceilings.Median(device, Runs, action), count, bytes, 0);
    }
}
