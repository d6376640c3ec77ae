using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Random signed distances at random samples of rays on a device, and the same numbers in double.</summary>
internal sealed class NeusBench : IDisposable
{
    private const int Side = 8, Longest = 24;
    private const float Epsilon = 0.01f, Step = 0.04f, Annealing = 0.3f, Variance = 0.3f;

    private readonly IKernelDevice _device;
    private readonly Random _random = new(2);
    private readonly CudaRays _rays;
    private readonly DeviceArray<int> _starts, _used;
    private readonly DeviceArray<float> _values, _moved, _slopes, _density, _slopeGradients;
    private readonly DeviceArray<double> _eikonal;
    private readonly double[][] _directions;
    private readonly bool[] _seen;

    public NeusBench(IKernelDevice device, int samples)
    {
        _device = device;
        _rays = new CudaRays(device);
        var views = Math.Max(2, samples / (Side * Side * Longest / 2));
        Camera[] cameras = [.. Enumerable.Range(0, views).Select(view => Camera.Orbit(10 + 37 * view, 15, 2.7f, 45))];
        _rays.Begin(cameras, Side, Side, RenderSettings.Evaluation(Vector3.One), into: null);
        int[] counts = [.. Enumerable.Range(0, _rays.Count).Select(_ => _random.Next(Longest + 1))];
        var starts = new int[_rays.Count + 1];
        for (var ray = 0; ray < counts.Length; ray++)
            starts[ray + 1] = starts[ray] + counts[ray];
        Count = starts[^1];
        int[] used = [.. counts.Select(count => count - count / 5)];
        _directions = [.. Enumerable.Range(0, _rays.Count).SelectMany(ray => Enumerable.Repeat(Direction(cameras[ray / (Side * Side)], ray % (Side * Side)), counts[ray]))];
        _seen = [.. Enumerable.Range(0, _rays.Count).SelectMany(ray => Enumerable.Range(0, counts[ray]).Select(k => k < used[ray]))];
        Values = [.. Enumerable.Range(0, Count).Select(i => Draw(_directions[i]))];
        (Gradients, SlopeGradients) = (Draw(Count), Draw(3 * Count));

        (_starts, _used) = (Filled<int>(starts), Filled<int>(used));
        _values = Filled<float>([.. Values.Select(v => (float)v[0])]);
        _moved = Filled<float>([.. Enumerable.Range(1, 3).SelectMany(axis => Values.Select(v => (float)v[axis]))]);
        _slopeGradients = Filled<float>([.. SlopeGradients.Select(g => (float)g)]);
        (_slopes, _density) = (new DeviceArray<float>(device, 3L * Count), new DeviceArray<float>(device, Count));
        _eikonal = new DeviceArray<double>(device, 1);
    }

    public int Count { get; }

    public NeusSampleReference Reference { get; } = new(Step, Epsilon, Annealing);

    /// <summary>Of each sample: here, and a little further along x, y and z.</summary>
    public double[][] Values { get; }

    /// <summary>Of the densities.</summary>
    public double[] Gradients { get; }

    /// <summary>Of the slopes, as light and normals may want them, [3][samples].</summary>
    public double[] SlopeGradients { get; }

    public double Sharpness => Math.Exp(10 * (double)Variance);

    /// <summary>The errors of slopes, densities and the eikonal sum.</summary>
    public double Forward()
    {
        LaunchForward();
        Span<double> eikonal = [0];
        _eikonal.Download(eikonal);
        var expected = Values.Sum(v => Reference.Eikonal(v));
        return new[]
        {
            Difference.Of(Numbers(_slopes, 3 * Count), [.. Enumerable.Range(0, 3).SelectMany(axis => Values.Select(v => Reference.Slope(v)[axis]))]),
            Difference.Of(Numbers(_density, Count), [.. Values.Select((v, i) => Reference.Density(v, _directions[i], Variance))]),
            Math.Abs(eikonal[0] - expected) / expected,
        }.Max();
    }

    /// <summary>The errors of the gradients of values, moved values and the variance, beside central differences.</summary>
    public double Backward()
    {
        const float Eikonal = 0.7f;
        const double H = 1e-7;
        LaunchForward();
        _density.Upload([.. Gradients.Select(g => (float)g)]);
        using var byVariance = new DeviceArray<float>(_device, 1);
        _device.Launch(
            NeusKernels.Backward, NeusKernels.Backward.BlocksFor((long)NeusKernels.LanesPerRay * _rays.Count),
            _rays.Cameras, _rays.Count, _rays.Pixels, _rays.Width, _starts, _used, _slopes, Count, Epsilon, Step, (float)Sharpness, Annealing, 2 * Eikonal,
            _density, _slopeGradients, _values, _moved, byVariance);

        double Loss(int i, ReadOnlySpan<double> values, double variance) =>
            (_seen[i] ? Gradients[i] * Reference.Density(values, _directions[i], variance) : 0) + Eikonal * Reference.Eikonal(values)
            + Reference.Slope(values).Select((s, axis) => s * SlopeGradients[axis * Count + i]).Sum();
        double ByValue(int i, int which)
        {
            double[] more = [.. Values[i]], less = [.. Values[i]];
            more[which] += H;
            less[which] -= H;
            return (Loss(i, more, Variance) - Loss(i, less, Variance)) / (2 * H);
        }

        double[] ByEach(int which) => [.. Enumerable.Range(0, Count).Select(i => ByValue(i, which))];
        return new[]
        {
            Difference.Of(Numbers(_values, Count), ByEach(0)),
            Difference.Of(Numbers(_moved, 3 * Count), [.. Enumerable.Range(1, 3).SelectMany(ByEach)]),
            Difference.Of(Numbers(byVariance, 1), [Enumerable.Range(0, Count).Sum(i => (Loss(i, Values[i], Variance + H) - Loss(i, Values[i], Variance - H)) / (2 * H))]),
        }.Max();
    }

    /// <summary>The error of the densities of surfaces that are seen face on.</summary>
    public double FaceOn()
    {
        _device.Launch(NeusKernels.Density, NeusKernels.Density.BlocksFor(Count), _values, Count, Step, (float)Sharpness);
        return Difference.Of(Numbers(_values, Count), [.. Values.Select(v => (Reference with { Annealing = 1 }).Density(v[0], -1, Variance))]);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_rays, _starts, _used, _values, _moved, _slopes, _density, _slopeGradients, _eikonal])
            part.Dispose();
    }

    private void LaunchForward() => _device.Launch(
        NeusKernels.Forward, NeusKernels.Forward.BlocksFor((long)NeusKernels.LanesPerRay * _rays.Count),
        _rays.Cameras, 0, _rays.Count, _rays.Pixels, _rays.Width, _starts, _values, _moved, Count, Epsilon, Step, (float)Sharpness, Annealing, _slopes, _density, _eikonal);

    /// <summary>Around the surface, sloping this way or that, but not so that a thousandth decides whether the distance falls.</summary>
    private double[] Draw(double[] direction)
    {
        for (; ; )
        {
            var value = 0.4f * (_random.NextSingle() - 0.5f);
            double[] values = [value, .. Enumerable.Range(0, 3).Select(_ => (double)(value + Epsilon * 3 * (_random.NextSingle() - 0.5f)))];
            var along = Reference.Slope(values).Zip(direction, (s, d) => s * d).Sum();
            if (Math.Abs(along) > 1e-3 && Math.Abs(along - 1) > 1e-3)
                return values;
        }
    }

    private double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)(_random.NextSingle() - 0.5f))];

    private static double[] Direction(Camera camera, int pixel)
    {
        var direction = camera.RayDirection(pixel % Side + 0.5f, pixel / Side + 0.5f, Side, Side);
        return [direction.X, direction.Y, direction.Z];
    }

    private DeviceArray<T> Filled<T>(T[] numbers) where T : unmanaged
    {
        var array = new DeviceArray<T>(_device, numbers.Length);
        array.Upload(numbers);
        return array;
    }

    private static float[] Numbers(DeviceArray<float> array, int count)
    {
        var numbers = new float[count];
        array.Download(numbers);
        return numbers;
    }
}
