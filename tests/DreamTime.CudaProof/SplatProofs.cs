using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The kernels of Gaussians against their definitions in double, and against finite differences of these.</summary>
internal static class SplatProofs
{
    private const int Height = 17, Width = 23;

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        new("pairs are sorted by all bits of their keys", 0, (device, n) => Sorted(device, Math.Max(n, 5000), 32)),
        new("pairs of equal keys keep their order", 0, (device, n) => Sorted(device, Math.Max(n, 5000), 5)),
        // A centre in pixels is a difference of numbers of their size; a conic is a quotient of a difference of products.
        new("Gaussians are projected", 1e-5, (device, n) => Projected(device, n, degree: 0)),
        new("Gaussians are projected, their colours by harmonics of degree 3", 1e-5, (device, n) => Projected(device, n, degree: 3)),
        new("tiles list what reaches them, nearest first", 0, Listed),
        // An alpha of nearly 1/255 may be drawn here and not there: that is worth 0.4 % of a colour, in less than one of ten thousand pixels.
        new("Gaussians are composited", 5e-5, (device, n) => Composited(device, n, SplatBench.Training)),
        new("Gaussians are composited under a light, and their normals", 5e-5, (device, n) => Composited(device, n, SplatBench.Lit)),
        new("Gaussians pass their gradients as finite differences have them", 5e-4, (device, _) => Differences(device, SplatBench.Training, count: 16, degree: 0)),
        new("Gaussians pass their gradients through harmonics as finite differences have them", 5e-4, (device, _) => Differences(device, SplatBench.Training, count: 5, degree: 3)),
        new("Gaussians pass their gradients through normals and light as finite differences have them", 5e-4, (device, _) => Differences(device, SplatBench.Lit, count: 8, degree: 1)),
    ];

    private static double Sorted(IKernelDevice device, int count, int bits)
    {
        using var sort = new CudaSort(device);
        sort.Reserve(count);
        var random = new Random(count);
        var keys = Enumerable.Range(0, count).Select(_ => (uint)random.NextInt64(1L << bits)).ToArray();
        sort.Keys.Upload(keys);
        sort.Values.Upload([.. Enumerable.Range(0, count)]);
        sort.Sort(count, bits);
        // LINQ's sort is stable.
        var expected = Enumerable.Range(0, count).OrderBy(i => keys[i]).ToArray();
        var right = SplatBench.Numbers(sort.Values, count).SequenceEqual(expected) && SplatBench.Numbers(sort.Keys, count).SequenceEqual(expected.Select(i => keys[i]));
        return right ? 0 : double.PositiveInfinity;
    }

    private static double Projected(IKernelDevice device, int size, int degree)
    {
        using var bench = new SplatBench(device, SplatBench.Options(Count(size), degree));
        bench.Device.Render(SplatBench.Cameras, Height, Width, SplatBench.Training);
        var views = bench.Device.TrainingViews;
        var rows = SplatBench.Numbers(views.Rows, SplatKernels.RowNumbers * views.Elements);
        var covered = SplatBench.Numbers(views.Covered, views.Elements);
        var parameters = bench.Parameters;
        List<float>[] found = [.. Enumerable.Range(0, ProjectedSplats.Width).Select(_ => new List<float>())];
        List<double>[] expected = [.. found.Select(_ => new List<double>())];
        for (var e = 0; e < views.Elements; e++)
        {
            if (covered[e] == 0)
                continue;
            if (SplatReference.Project(parameters, degree, e % bench.Device.Count, SplatBench.Cameras[e / bench.Device.Count], Height, Width, Shading.Albedo) is not { } splat)
                return double.PositiveInfinity;
            double[] row = [splat.X, splat.Y, splat.A, splat.B, splat.C, splat.Opacity, .. splat.Color, splat.Distance];
            for (var k = 0; k < row.Length; k++)
            {
                found[k].Add(rows[SplatKernels.RowNumbers * e + k]);
                expected[k].Add(row[k]);
            }
        }

        return found.Zip(expected).Max(column => Difference.Of([.. column.First], [.. column.Second]));
    }

    private static double Listed(IKernelDevice device, int size)
    {
        using var bench = new SplatBench(device, SplatBench.Options(Count(size), 0));
        const int Rows = 40, Columns = 52;
        bench.Device.Render(SplatBench.Cameras, Rows, Columns, SplatBench.Training);
        var views = bench.Device.TrainingViews;
        var starts = SplatBench.Numbers(views.TileStarts, 2 * views.Tiles + 1);
        var instances = SplatBench.Numbers(views.ByTile.Values, views.Instances);
        var elements = SplatBench.Numbers(views.ElementOf, views.Instances);
        for (var view = 0; view < 2; view++)
        {
            var projected = new ProjectedSplats(bench.Device.Count);
            for (var i = 0; i < projected.Count; i++)
                SplatProjection.Forward(bench.Cpu.Gaussians, i, new SplatCamera(SplatBench.Cameras[view], Rows, Columns), Rows, Columns, projected);
            var tiles = new SplatTiles(projected, Rows, Columns, new ParallelOptions());
            for (var tile = 0; tile < views.Tiles; tile++)
            {
                int[] expected = [.. tiles.InstancesOf(tile).ToArray().Select(instance => view * projected.Count + tiles.GaussianOf[instance])];
                var at = view * views.Tiles + tile;
                if (!instances[starts[at]..starts[at + 1]].Select(instance => elements[instance]).SequenceEqual(expected))
                    return double.PositiveInfinity;
            }
        }

        return views.Instances > 0 && starts[^1] == views.Instances ? 0 : double.PositiveInfinity;
    }

    private static double Composited(IKernelDevice device, int size, RenderSettings settings)
    {
        using var bench = new SplatBench(device, SplatBench.Options(Count(size), 2));
        var images = bench.Device.Render(SplatBench.Cameras, Height, Width, settings);
        var parameters = bench.Parameters;
        var expected = SplatBench.Cameras.Select((camera, view) => SplatReference.Render(
            parameters, 2, camera, Height, Width, SplatBench.Backgrounds[view], settings.ShadingOf(view, SplatBench.Cameras.Count))).ToArray();
        return new[]
        {
            Difference.OfMost(images.Color, Single(expected.SelectMany(view => view.Color))),
            Difference.OfMost(images.Opacity, Single(expected.SelectMany(view => view.Opacity))),
            Difference.OfMost(images.Depth, Single(expected.SelectMany(view => view.Depth))),
            images.Normals is { } normals ? Difference.OfMost(normals, Single(expected.SelectMany(view => view.Normals))) : 0,
        }.Max();

        static float[] Single(IEnumerable<double> numbers) => [.. numbers.Select(x => (float)x)];
    }

    /// <summary>Central differences of a loss that is smooth but for alphas at the bounds; with so small a step none of them is met here.</summary>
    private static double Differences(IKernelDevice device, RenderSettings settings, int count, int degree)
    {
        const double H = 1e-6;
        using var bench = new SplatBench(device, SplatBench.Options(count, degree));
        var slopes = SplatBench.Slopes(bench.Device.Render(SplatBench.Cameras, Height, Width, settings));
        bench.Device.Backward(slopes);
        var parameters = bench.Parameters;
        return parameters.Select((group, g) =>
        {
            var expected = new double[group.Length];
            for (var k = 0; k < group.Length; k++)
            {
                var at = group[k];
                group[k] = at + H;
                var above = Loss();
                group[k] = at - H;
                expected[k] = (above - Loss()) / (2 * H);
                group[k] = at;
            }

            return Difference.Of(SplatBench.Numbers(bench.Device.Gaussians.Groups[g].Gradient, group.Length), expected);
        }).Max();

        double Loss() => SplatBench.Cameras.Select((camera, view) =>
        {
            var (color, opacity, depth, normals) =
                SplatReference.Render(parameters, degree, camera, Height, Width, SplatBench.Backgrounds[view], settings.ShadingOf(view, SplatBench.Cameras.Count));
            return Dot(slopes.Color, view, color) + Dot(slopes.Opacity, view, opacity) + Dot(slopes.Depth, view, depth) + Dot(slopes.Normals, view, normals);
        }).Sum();

        static double Dot(float[]? slopes, int view, double[] values) => slopes is null ? 0 : values.Select((value, k) => slopes[view * values.Length + k] * value).Sum();
    }

    private static int Count(int size) => Math.Min(size / 8, 1000);
}
