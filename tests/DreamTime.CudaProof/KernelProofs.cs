using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Each kernel against its definition in double.</summary>
internal static class KernelProofs
{
    private static readonly NerfOptions Small = new() { Levels = 4, Log2TableSize = 9, BaseResolution = 4, FinestResolution = 40, HiddenWidth = 24, HiddenLayers = 2 };
    private static readonly NerfOptions Large = new() { Levels = 16, Log2TableSize = 14, BaseResolution = 16, FinestResolution = 1024, HiddenWidth = 64, HiddenLayers = 2 };

    private static readonly NerfOptions Exponential =
        new() { Levels = 8, Log2TableSize = 10, HiddenWidth = 32, HiddenLayers = 1, DensityActivation = DensityActivation.TruncatedExponential, DensityBlob = DensityBlob.DreamFusion };

    private static readonly NerfOptions Wide = Small with { HiddenWidth = 96, HiddenLayers = 3, DensityBlob = DensityBlob.None };

    public static IReadOnlyList<ProofCase> All { get; } =
    [
        new("a hash grid of 4 levels encodes", PlaceTolerance(Small), (device, n) => Encode(device, Small, n)),
        new("a hash grid of 16 levels encodes", PlaceTolerance(Large), (device, n) => Encode(device, Large, n)),
        new("a hash grid's gradient reaches its entries", PlaceTolerance(Large), (device, n) => EncodeBackward(device, Large, n)),
        .. Networks().SelectMany(network => (ProofCase[])
        [
            new($"a network {network.Name} gives densities and colours", 2e-5, (device, n) => Network(device, network, n)),
            new($"a network {network.Name} passes gradients to its inputs", 2e-5, (device, n) => NetworkBackward(device, network, n).Features),
            new($"a network {network.Name} passes gradients to its weights", 2e-5, (device, n) => NetworkBackward(device, network, n).Weights),
        ]),
        new("Adam steps, and leaves alone what has no gradient", 2e-6, Adam),
        new("the norm of a gradient in several parts is added up", 1e-6, Norm),
        new("a part of a gradient that is no number is named", 0, (device, _) => Named(device)),
    ];

    /// <summary>A position times the resolution is rounded to 24 bits; what is lost of it is the error of the place within the cell.</summary>
    private static double PlaceTolerance(NerfOptions options) => options.FinestResolution * Math.Pow(2, -23);

    private static (string Name, NerfOptions Options, bool TensorCores)[] Networks() =>
    [
        ("8-24-24-4", Small, false), ("32-64-64-4", Large, false), ("16-32-4 with an exponential", Exponential, false), ("8-96-96-96-4 without a blob", Wide, false),
        ("32-64-64-4 on tensor cores", Large, true), ("16-32-4 with an exponential on tensor cores", Exponential, true),
        ("8-64-4 on tensor cores", Small with { HiddenWidth = 64, HiddenLayers = 1 }, true), ("24-32-32-4 on tensor cores", Large with { Levels = 12, HiddenWidth = 32 }, true),
    ];

    private static double Encode(IKernelDevice device, NerfOptions options, int count)
    {
        using var bench = new FieldBench(device, options, count);
        bench.Field.Encode(bench.Samples);
        var expected = new double[bench.Field.Features * count];
        for (var l = 0; l < options.Levels; l++)
            for (var i = 0; i < count; i++)
                (expected[2 * l * count + i], expected[(2 * l + 1) * count + i]) =
                    HashGridReference.Encode(bench.Grid.Levels[l], bench.Table, bench.X[i], bench.Y[i], bench.Z[i]);
        return Difference.Of(bench.FeatureNumbers(bench.Samples.Features), expected);
    }

    private static double EncodeBackward(IKernelDevice device, NerfOptions options, int count)
    {
        using var bench = new FieldBench(device, options, count);
        var gradient = bench.SetFeatureGradients();
        bench.Field.BackwardEncoding(bench.Samples);
        var expected = new double[bench.Table.Length];
        for (var l = 0; l < options.Levels; l++)
            for (var i = 0; i < count; i++)
                HashGridReference.Backward(
                    bench.Grid.Levels[l], bench.X[i], bench.Y[i], bench.Z[i], gradient[2 * l * count + i], gradient[(2 * l + 1) * count + i], expected);
        return Difference.Of(bench.Numbers(bench.Field.Table.Gradient, expected.Length), expected);
    }

    private static double Network(IKernelDevice device, (string Name, NerfOptions Options, bool TensorCores) network, int count)
    {
        using var bench = new FieldBench(device, network.Options, count, network.TensorCores);
        bench.SetFeatures();
        bench.Field.Prepare();
        bench.Field.ForwardNetwork(bench.Samples);
        var points = bench.Evaluate();
        return ((DeviceArray<float>[])[bench.Samples.Density, bench.Samples.Red, bench.Samples.Green, bench.Samples.Blue])
            .Select((plane, p) => Difference.Of(bench.Numbers(plane, count), Array.ConvertAll(points, point => point.Values[p]))).Max();
    }

    private static (double Features, double Weights) NetworkBackward(IKernelDevice device, (string Name, NerfOptions Options, bool TensorCores) network, int count)
    {
        using var bench = new FieldBench(device, network.Options, count, network.TensorCores);
        bench.SetFeatures();
        var points = bench.Evaluate();
        // No gradient for a sample with a ReLU so near its kink that rounding decides: what single precision loses in the sum before it is below 1e-5.
        var gradients = bench.SetValueGradients(sample => bench.NearestKink(sample) > 1e-5);
        bench.Field.Prepare();
        bench.Field.BackwardNetwork(bench.Samples);
        var weights = new double[bench.Weights.Length];
        var features = new double[bench.Field.Features * count];
        for (var i = 0; i < count; i++)
        {
            var point = points[i];
            double[] output = [gradients[0][i] * point.Slope, .. Enumerable.Range(1, 3).Select(c => gradients[c][i] * point.Values[c] * (1 - point.Values[c]))];
            var back = MlpReference.Backward(bench.Network, bench.Weights, point.Activations, output, weights);
            for (var f = 0; f < back.Length; f++)
                features[f * count + i] = back[f];
        }

        return (Difference.Of(bench.FeatureNumbers(bench.Samples.FeatureGradients), features),
            Difference.Of(bench.Numbers(bench.Field.Weights.Gradient, weights.Length), weights));
    }

    private static double Adam(IKernelDevice device, int count)
    {
        using var parameters = new CudaParameters(device, count);
        var random = new Random(3);
        double[] values = Draw(), gradient = Draw(), mean = Draw(), square = [.. Draw().Select(Math.Abs)];
        for (var i = 0; i < count; i += 3)
            gradient[i] = 0;
        foreach (var (array, numbers) in parameters.Arrays.Zip((double[][])[values, gradient, mean, square]))
            array.Upload(Array.ConvertAll(numbers, x => (float)x));
        parameters.Step(7, 0.01f);
        AdamReference.Step(values, gradient, mean, square, 7, 0.01);
        return parameters.Arrays.Zip((double[][])[values, new double[count], mean, square]).Max(pair =>
        {
            var found = new float[count];
            pair.First.Download(found);
            return ReferenceEquals(pair.First, parameters.Gradient) ? found.Max(Math.Abs) : Difference.Of(found, pair.Second);
        });

        double[] Draw() => [.. Enumerable.Range(0, count).Select(_ => (double)(random.NextSingle() - 0.5f))];
    }

    private static double Norm(IKernelDevice device, int count)
    {
        using CudaParameters large = new(device, count), none = new(device, 0), small = new(device, 7);
        using var norm = new CudaGradientNorm(device);
        var (random, squares) = (new Random(4), 0.0);
        foreach (var parameters in (CudaParameters[])[large, small])
        {
            float[] gradient = [.. Enumerable.Range(0, parameters.Count).Select(_ => random.NextSingle() - 0.5f)];
            parameters.Gradient.Upload(gradient);
            squares += gradient.Sum(g => (double)g * g);
        }

        return Math.Abs(norm.Of([(large, "large"), (none, "none"), (small, "small")], 1) / Math.Sqrt(squares) - 1);
    }

    private static double Named(IKernelDevice device)
    {
        using CudaParameters good = new(device, 3), bad = new(device, 3);
        using var norm = new CudaGradientNorm(device);
        bad.Gradient.Upload([1, float.NaN, 2]);
        try
        {
            norm.Of([(good, "good"), (bad, "bad")], 4);
            return double.PositiveInfinity;
        }
        catch (NotFiniteNumberException e)
        {
            return e.Message == "The gradient of the bad is not finite after step 4." ? 0 : double.PositiveInfinity;
        }
    }
}
