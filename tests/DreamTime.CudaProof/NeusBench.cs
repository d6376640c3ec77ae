using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Random signed distances at samples of rays on a device, beside the same in double.</summary>
internal sealed class NeusBench : IDisposable
{
    private const float Epsilon = 0.01f, Step = 0.04f, Annealing = 0.3f, Variance = 0.3f;

    private readonly IKernelDevice _device;
    private readonly RayBench _bench;
    private readonly DeviceArray<float> _values, _moved, _slopes, _density;
    private readonly DeviceArray<double> _eikonal;
    private readonly NeusSampleReference _reference = new(Step, Epsilon, Annealing);

    // Of each sample: here, and a little further along x, y and z.
    private readonly double[][] _numbers;
    private readonly double[][] _directions;

    public NeusBench(IKernelDevice device, int samples)
    {
        (_device, _bench) = (device, new RayBench(device, samples, _ => RenderSettings.Evaluation(Vector3.One)));
        _directions = [.. Enumerable.Range(0, Count).Select(_bench.Direction)];
        _numbers = [.. _directions.Select(Draw)];
        (_values, _moved, _slopes, _density, _eikonal) = (new(device), new(device), new(device, 3L * Count), new(device, Count), new(device, 1));
        RayBench.Fill(_values, _numbers.Select(v => v[0]));
        RayBench.Fill(_moved, Enumerable.Range(1, 3).SelectMany(axis => _numbers.Select(v => v[axis])));
    }

    private int Count => _bench.Count;

    private static float Sharpness => MathF.Exp(10 * Variance);

    /// <summary>The errors of slopes, densities and the eikonal sum.</summary>
    public double Forward()
    {
        LaunchForward();
        Span<double> eikonal = [0];
        _eikonal.Download(eikonal);
        var expected = _numbers.Sum(v => _reference.Eikonal(v));
        return new[]
        {
            Difference.Of(RayBench.Read(_slopes, 3 * Count), [.. Enumerable.Range(0, 3).SelectMany(axis => _numbers.Select(v => _reference.Slope(v)[axis]))]),
            Difference.Of(RayBench.Read(_density, Count), [.. _numbers.Select((v, i) => _reference.Density(v, _directions[i], Variance))]),
            Math.Abs(eikonal[0] - expected) / expected,
        }.Max();
    }

    /// <summary>The errors of the gradients of values, moved values and the variance, beside central differences.</summary>
    public double Backward()
    {
        const float Eikonal = 0.7f;
        const double H = 1e-7;
        LaunchForward();
        double[] byDensity = _bench.Draws(Count, -0.5, 0.5), bySlope = _bench.Draws(3 * Count, -0.5, 0.5);
        RayBench.Fill(_density, byDensity);
        using DeviceArray<float> byVariance = new(_device, 1), slopeGradients = new(_device);
        RayBench.Fill(slopeGradients, bySlope);
        _device.Launch(
            NeusKernels.Backward, NeusKernels.Backward.BlocksFor((long)NeusKernels.LanesPerRay * _bench.Rays.Count),
            _bench.Rays.Cameras, _bench.Rays.Count, _bench.Rays.Pixels, _bench.Rays.Width, _bench.Samples.RayStart, _bench.Rays.Used, _slopes, Count, Epsilon,
            Step, Sharpness, Annealing, 2 * Eikonal, _density, slopeGradients, _values, _moved, byVariance);

        double Loss(int i, ReadOnlySpan<double> values, double variance) =>
            (_bench.IsUsed(i) ? byDensity[i] * _reference.Density(values, _directions[i], variance) : 0)
            + Eikonal * _reference.Eikonal(values) + _reference.Slope(values).Select((s, axis) => s * bySlope[axis * Count + i]).Sum();

        double ByValue(int i, int which)
        {
            double[] more = [.. _numbers[i]], less = [.. _numbers[i]];
            more[which] += H;
            less[which] -= H;
            return (Loss(i, more, Variance) - Loss(i, less, Variance)) / (2 * H);
        }

        double[] ByEach(int which) => [.. Enumerable.Range(0, Count).Select(i => ByValue(i, which))];
        return new[]
        {
            Difference.Of(RayBench.Read(_values, Count), ByEach(0)),
            Difference.Of(RayBench.Read(_moved, 3 * Count), [.. Enumerable.Range(1, 3).SelectMany(ByEach)]),
            Difference.Of(
                RayBench.Read(byVariance, 1), [Enumerable.Range(0, Count).Sum(i => (Loss(i, _numbers[i], Variance + H) - Loss(i, _numbers[i], Variance - H)) / (2 * H))]),
        }.Max();
    }

    /// <summary>The error of the densities of surfaces that are seen face on.</summary>
    public double FaceOn()
    {
        _device.Launch(NeusKernels.Density, NeusKernels.Density.BlocksFor(Count), _values, Count, Step, Sharpness);
        return Difference.Of(RayBench.Read(_values, Count), [.. _numbers.Select(v => (_reference with { Annealing = 1 }).Density(v[0], -1, Variance))]);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_bench, _values, _moved, _slopes, _density, _eikonal])
            part.Dispose();
    }

    private void LaunchForward() => _device.Launch(
        NeusKernels.Forward, NeusKernels.Forward.BlocksFor((long)NeusKernels.LanesPerRay * _bench.Rays.Count),
        _bench.Rays.Cameras, 0, _bench.Rays.Count, _bench.Rays.Pixels, _bench.Rays.Width, _bench.Samples.RayStart, _values, _moved, Count, Epsilon,
        Step, Sharpness, Annealing, _slopes, _density, _eikonal);

    /// <summary>Around the surface, sloping this way or that, but not so that a thousandth decides whether the distance falls.</summary>
    private double[] Draw(double[] direction)
    {
        for (; ; )
        {
            var value = _bench.Draw(-0.2, 0.2);
            double[] values = [value, .. Enumerable.Range(0, 3).Select(_ => _bench.Draw(value - 1.5 * Epsilon, value + 1.5 * Epsilon))];
            var along = _reference.Slope(values).Zip(direction, (s, d) => s * d).Sum();
            if (Math.Abs(along) > 1e-3 && Math.Abs(along - 1) > 1e-3)
                return values;
        }
    }
}
