using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>A field with random entries and weights on a device, random samples, and the same numbers in double.</summary>
internal sealed class FieldBench : IDisposable
{
    private readonly IKernelDevice _device;
    private readonly NerfOptions _options;
    private readonly Random _random = new(1);
    private double[] _features = [];

    public FieldBench(IKernelDevice device, NerfOptions options, int count, bool tensorCores = false)
    {
        (_device, _options, Count) = (device, options, count);
        (Grid, Network) = (new HashGridLayout(options), new MlpLayout(2 * options.Levels, options.HiddenWidth, options.HiddenLayers, 4));
        Field = new CudaField(device, options, seed: 1, tensorCores);
        Table = Set(Field.Table.Values, Field.Table.Count, () => _random.NextSingle() - 0.5f);
        // Large enough for every neuron to matter, small enough for no sigmoid to saturate.
        Weights = Set(Field.Weights.Values, Field.Weights.Count, () => (_random.NextSingle() - 0.5f) * 4 / MathF.Sqrt(options.HiddenWidth));
        Samples = new CudaSamples(device, Field.Features);
        Samples.Reserve(count);
        (X, Y, Z) = (Place(Samples.X), Place(Samples.Y), Place(Samples.Z));
    }

    public int Count { get; }

    public HashGridLayout Grid { get; }

    public MlpLayout Network { get; }

    public CudaField Field { get; }

    public CudaSamples Samples { get; }

    public double[] Table { get; }

    public double[] Weights { get; }

    public double[] X { get; }

    public double[] Y { get; }

    public double[] Z { get; }

    /// <summary>Random features, instead of what the hash grid would say.</summary>
    public void SetFeatures() => _features = SetPlanes(Samples.Features);

    public double[] SetFeatureGradients() => SetPlanes(Samples.FeatureGradients);

    /// <summary>Random gradients in the places of density, red, green and blue of some samples, and none for the others.</summary>
    public double[][] SetValueGradients(Func<int, bool> has)
    {
        var takes = Enumerable.Range(0, Count).Select(has).ToArray();
        return
        [
            .. ((DeviceArray<float>[])[Samples.Density, Samples.Red, Samples.Green, Samples.Blue]).Select(plane =>
            {
                var sample = 0;
                return Set(plane, Count, () => takes[sample++] ? _random.NextSingle() - 0.5f : 0);
            }),
        ];
    }

    /// <summary>The smallest size of what goes into a ReLU at a sample.</summary>
    public double NearestKink(int sample)
    {
        var (nearest, input) = (double.PositiveInfinity, Enumerable.Range(0, Field.Features).Select(f => _features[f * Count + sample]).ToArray());
        foreach (var layer in Network.Layers.SkipLast(1))
        {
            var before = Enumerable.Range(0, layer.Outputs)
                .Select(o => Enumerable.Range(0, layer.Inputs).Sum(i => Weights[layer.Offset + o * layer.Inputs + i] * input[i])).ToArray();
            nearest = Math.Min(nearest, before.Min(Math.Abs));
            input = Array.ConvertAll(before, x => Math.Max(0, x));
        }

        return nearest;
    }

    /// <summary>The network at every sample: its layers, its density and colours, and the slope of the density.</summary>
    public (double[][] Activations, double[] Values, double Slope)[] Evaluate() =>
    [
        .. Enumerable.Range(0, Count).Select(i =>
        {
            var activations = MlpReference.Forward(Network, Weights, [.. Enumerable.Range(0, Field.Features).Select(f => _features[f * Count + i])]);
            var raw = activations[^1][0] + FieldHeadReference.Blob(_options.DensityBlob, _options.Radius, X[i], Y[i], Z[i]);
            double[] values = [FieldHeadReference.Density(_options.DensityActivation, raw), .. activations[^1].Skip(1).Select(FieldHeadReference.Sigmoid)];
            return (activations, values, FieldHeadReference.DensityDerivative(_options.DensityActivation, raw));
        }),
    ];

    public float[] Numbers(DeviceArray<float> array, int count)
    {
        var numbers = new float[count];
        array.Download(numbers);
        return numbers;
    }

    /// <summary>Planes of features without the gaps between them.</summary>
    public float[] FeatureNumbers(DeviceArray<float> planes)
    {
        var numbers = new float[Field.Features * Count];
        for (var f = 0; f < Field.Features; f++)
            _device.Download(planes.At((long)f * Samples.Stride), numbers.AsSpan(f * Count, Count));
        return numbers;
    }

    public void Dispose()
    {
        Field.Dispose();
        Samples.Dispose();
    }

    private double[] Place(DeviceArray<float> axis) => Set(axis, Count, _random.NextSingle);

    private double[] SetPlanes(DeviceArray<float> planes)
    {
        var numbers = Draw(Field.Features * Count, () => _random.NextSingle() - 0.5f);
        for (var f = 0; f < Field.Features; f++)
            _device.Upload<float>(numbers.AsSpan(f * Count, Count), planes.At((long)f * Samples.Stride));
        return Array.ConvertAll(numbers, x => (double)x);
    }

    private static double[] Set(DeviceArray<float> array, int count, Func<float> draw)
    {
        var numbers = Draw(count, draw);
        array.Upload(numbers);
        return Array.ConvertAll(numbers, x => (double)x);
    }

    private static float[] Draw(int count, Func<float> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
}
