using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>The exact slope of a field against its definition in double, its gradient against finite differences, and what is seen by it beside the CPU's.</summary>
internal static class SlopeProofs
{
    private static readonly NerfOptions Ball = RendererProofs.Ball with { OccupancyResolution = 0 };

    private static readonly NerfOptions Deep =
        Ball with { HiddenWidth = 64, HiddenLayers = 2, DensityBlob = DensityBlob.DreamFusion, DensityActivation = DensityActivation.TruncatedExponential };

    private static readonly NerfOptions Masked = Ball with { Levels = 6, HiddenWidth = 72, HiddenLayers = 3, DensityBlob = DensityBlob.None, StartLevels = 4 };

    private static readonly NeusOptions Distance = NeusProofs.Ellipsoid with { NormalMethod = NormalMethod.Analytic };

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        // A sample whose ReLU, or whose cell, is another for another rounding has another slope altogether: with 20,000 samples there are a few.
        new("a field 16-32-4 has its slope", 5e-3, (device, n) => Slope(device, Ball, n)),
        new("a field 16-64-64-4 has its slope", 5e-3, (device, n) => Slope(device, Deep, n)),
        new("a field 12-72-72-72-4 with two masked levels has its slope", 5e-3, (device, n) => Slope(device, Masked, n)),
        new("a slope's gradient is its finite difference", 5e-3, (device, n) => SlopeGradient(device, Ball, n)),
        new("a slope's gradient through two layers is its finite difference", 5e-3, (device, n) => SlopeGradient(device, Deep, n)),
        new("a slope's gradient through three layers and two masked levels is its finite difference", 5e-3, (device, n) => SlopeGradient(device, Masked, n)),
        // On the boundary of a cell there are two normals: the CPU's own views change by up to 1 % of their length when the camera moves by a rounding.
        new("exact normals and lit views of a density are rendered", 3e-2, (device, n) => LightProofs.Rendered(RendererProofs.Pair(device, Ball), n, Seen)),
        new("exact normals and lit views of a density through two layers are rendered", 3e-2, (device, n) => LightProofs.Rendered(RendererProofs.Pair(device, Deep), n, Seen)),
        new("exact normals and lit views of a signed distance are rendered", 3e-2, (device, n) => LightProofs.Rendered(NeusProofs.Pair(device, Distance), n, Seen)),
        new("gradients pass through exact normals and light to a density", 5e-2, (device, n) =>
            LightProofs.OfDensity(device, Ball, n, new() { Orientation = 2, Entropy = 0.2f, Distortion = 0.3f })),
        new("gradients pass through exact normals and light to a density, beside tensor cores", 5e-2, (device, n) => LightProofs.OfDensity(device, Deep, n, NerfRegularizers.None, tensorCores: true)),
        new("gradients pass through exact slopes to a signed distance", 5e-2, (device, n) => LightProofs.OfDistance(device, Distance, n, NerfRegularizers.None, normals: false)),
        new("gradients pass through exact normals and light to a signed distance", 5e-2, (device, n) => LightProofs.OfDistance(device, Distance, n, new() { Orientation = 0.5f })),
    ];

    /// <summary>How far what is seen is off, over all of it.</summary>
    private static double Seen(Images found, Images expected) => new[]
    {
        Difference.OfAll(found.Normals, expected.Normals!), Difference.OfAll(found.Color, expected.Color),
        Difference.OfAll(found.Opacity, expected.Opacity), Difference.OfAll(found.Depth, expected.Depth),
    }.Max();

    private static double Slope(IKernelDevice device, NerfOptions options, int count)
    {
        using var bench = new FieldBench(device, options, count);
        using var slope = new CudaAnalyticSlope(device, bench.Field);
        using var slopes = new DeviceArray<float>(device);
        bench.Field.Encode(bench.Samples);
        slope.Fill(bench.Samples, slopes);
        var expected = new float[3 * count];
        var active = Active(bench, options, bench.Table);
        Parallel.For(0, count, i =>
        {
            double[] at = [bench.X[i], bench.Y[i], bench.Z[i]];
            var network = SurfaceReference.NetworkSlope(options, active, bench.Weights, at);
            var blob = SurfaceReference.SmoothSlope(p => FieldHeadReference.Blob(options.DensityBlob, options.Radius, p[0], p[1], p[2]), at, options.Radius);
            for (var axis = 0; axis < 3; axis++)
                expected[axis * count + i] = (float)(network[axis] + blob[axis]);
        });
        return Difference.OfAll(bench.Numbers(slopes, 3 * count), expected);
    }

    /// <summary>Along the gradient itself, of the table and of the weights.</summary>
    private static double SlopeGradient(IKernelDevice device, NerfOptions options, int size)
    {
        var count = Math.Min(size, 1000);
        using var bench = new FieldBench(device, options, count);
        using var slope = new CudaAnalyticSlope(device, bench.Field);
        using DeviceArray<float> slopes = new(device), gradients = new(device);
        bench.Field.Encode(bench.Samples);
        slope.Fill(bench.Samples, slopes);
        var random = new Random(9);
        var gradient = new float[3 * count];
        foreach (ref var number in gradient.AsSpan())
            number = random.NextSingle() - 0.5f;
        gradients.Upload(gradient);
        slope.Backward(bench.Samples, gradients);
        var table = bench.Numbers(bench.Field.Table.Gradient, bench.Table.Length);
        var weights = bench.Numbers(bench.Field.Weights.Gradient, bench.Weights.Length);
        return Math.Max(
            Along(table, h => Loss(Active(bench, options, Moved(bench.Table, table, h)), bench.Weights)),
            Along(weights, h => Loss(Active(bench, options, bench.Table), Moved(bench.Weights, weights, h))));

        double Loss(double[] entries, double[] network) => ParallelEnumerable.Range(0, count).Sum(i =>
        {
            var at = SurfaceReference.NetworkSlope(options, entries, network, [bench.X[i], bench.Y[i], bench.Z[i]]);
            return at[0] * gradient[i] + at[1] * gradient[count + i] + at[2] * gradient[2 * count + i];
        });

        static double Along(float[] found, Func<double, double> loss)
        {
            var square = found.Sum(x => (double)x * x);
            var h = 1e-6 / Math.Sqrt(square);
            return Math.Abs((loss(h) - loss(-h)) / (2 * h) / square - 1);
        }

        static double[] Moved(double[] from, float[] along, double by) => [.. from.Zip(along, (x, d) => x + by * d)];
    }

    /// <summary>A table whose masked levels are empty, which is what masking does.</summary>
    private static double[] Active(FieldBench bench, NerfOptions options, double[] table)
    {
        var active = bench.Field.ActiveLevels;
        return active == options.Levels ? table : [.. table.Take(2 * bench.Grid.Levels[active].Offset), .. new double[table.Length - 2 * bench.Grid.Levels[active].Offset]];
    }
}
