using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Random slopes and colours at samples of rays on a device, some plain, some lit, some white, beside the same in double.</summary>
internal sealed class SurfaceBench : IDisposable
{
    // Every so many samples one is flat: it has no normal.
    private const int FlatEvery = 50;

    private static readonly Shading[] Kinds = [Shading.Albedo, Shading.Lit(new Vector3(2, 1, 3), 0.2f, 0.7f), Shading.Textureless(new Vector3(-1, 2, 1.5f), 0.3f, 0.6f)];

    private readonly RayBench _bench;
    private readonly CudaSurfaceSamples _surface;
    private readonly float _outward;
    private readonly double[][] _slopes, _albedo;
    private readonly double[] _distance, _weights;

    public SurfaceBench(IKernelDevice device, int samples, float outward)
    {
        _bench = new RayBench(device, samples, views => RenderSettings.Evaluation(Vector3.One) with
        {
            Normals = true,
            Shadings = [.. Enumerable.Range(0, views).Select(ShadingOf)],
        });
        _outward = outward;
        _surface = new CudaSurfaceSamples(device, features: 2, outward);
        (_distance, _weights) = (_bench.Draws(Count, 1.5, 3), _bench.Draws(Count, 0, 0.2));
        _slopes = [.. Enumerable.Range(0, Count).Select(Slope)];
        _albedo = [.. Enumerable.Range(0, Count).Select(_ => _bench.Draws(3, 0, 1))];
        RayBench.Fill(_bench.Samples.Distance, _distance);
        RayBench.Fill(_bench.Samples.Weights, _weights);
        RayBench.Fill(_surface.Slopes.Values, Planes(_slopes));
        foreach (var (plane, channel) in Colors.Select((plane, channel) => (plane, channel)))
            RayBench.Fill(plane, _albedo.Select(color => color[channel]));
    }

    private int Count => _bench.Count;

    private DeviceArray<float>[] Colors => [_bench.Samples.Red, _bench.Samples.Green, _bench.Samples.Blue];

    /// <summary>The error of the colours under the light.</summary>
    public double Shade()
    {
        _surface.Shade(_bench.Rays, _bench.Samples, 0, _bench.Rays.Count);
        return ColorError([.. Enumerable.Range(0, Count).Select(i => Shaded(i, _slopes[i], _albedo[i]))]);
    }

    /// <summary>The error of the normals that rays see.</summary>
    public double Composite()
    {
        _surface.Composite(_bench.Rays, _bench.Samples, 0, _bench.Rays.Count);
        var (expected, pixels) = (new double[3 * _bench.Rays.Count], _bench.Rays.Pixels);
        for (var i = 0; i < Count; i++)
            for (var axis = 0; axis < 3 && _bench.IsUsed(i); axis++)
                expected[Pixel(i, axis)] += _weights[i] * Normal(_slopes[i])[axis];
        return Difference.Of(RayBench.Read(_bench.Rays.Normals, expected.Length), expected);
    }

    /// <summary>The errors of the gradients of weights, albedo and slopes, the last two beside central differences.</summary>
    public double Backward(IKernelDevice device)
    {
        const float Orientation = 0.8f;
        const int Seen = 5;
        const double H = 1e-6;
        Shade();
        _bench.Rays.Seen.Upload([Seen]);
        double[] byNormal = _bench.Draws(3 * _bench.Rays.Count, -0.5, 0.5);
        double[][] byColor = [.. Enumerable.Range(0, Count).Select(i => _bench.IsUsed(i) ? _bench.Draws(3, -0.5, 0.5) : new double[3])];
        foreach (var (plane, channel) in Colors.Select((plane, channel) => (plane, channel)))
            RayBench.Fill(plane, byColor.Select(color => color[channel]));
        using var normals = new DeviceArray<float>(device);
        RayBench.Fill(normals, byNormal);
        var byWeight = new float[Count];
        device.Download<float>(_surface.WeightGradient(_bench.Rays, _bench.Samples, normals.Address), byWeight);
        _surface.Backward(_bench.Rays, _bench.Samples, normals.Address, Orientation);

        double SeenNormal(int i, double[] normal) => Enumerable.Range(0, 3).Sum(axis => byNormal[Pixel(i, axis)] * normal[axis]);

        double Loss(int i, double[] slope, double[] albedo)
        {
            var (normal, color) = (Normal(slope), Shaded(i, slope, albedo));
            var away = Math.Max(0, Inner(normal, _bench.Direction(i)));
            return Inner(byColor[i], color) + _weights[i] * (SeenNormal(i, normal) + Orientation / Seen * away * away);
        }

        double Central(Func<double, double> loss) => (loss(H) - loss(-H)) / (2 * H);
        double[] BySlope(int i) => [.. Enumerable.Range(0, 3).Select(axis =>
            _bench.IsUsed(i) && !IsFlat(i) ? Central(by => Loss(i, SurfaceReference.Moved(_slopes[i], axis, by), _albedo[i])) : 0)];
        double[] ByAlbedo(int i) => [.. Enumerable.Range(0, 3).Select(channel =>
            _bench.IsUsed(i) ? Central(by => Loss(i, _slopes[i], SurfaceReference.Moved(_albedo[i], channel, by))) : 0)];
        var used = Enumerable.Range(0, Count).Where(_bench.IsUsed).ToArray();
        return new[]
        {
            Difference.Of([.. used.Select(i => byWeight[i])], used.Select(i => SeenNormal(i, Normal(_slopes[i]))).ToArray()),
            Difference.Of(RayBench.Read(_surface.Gradient, 3 * Count), Planes([.. Enumerable.Range(0, Count).Select(BySlope)])),
            ColorError([.. Enumerable.Range(0, Count).Select(ByAlbedo)]),
        }.Max();
    }

    public void Dispose()
    {
        _bench.Dispose();
        _surface.Dispose();
    }

    private static Shading ShadingOf(int view) => Kinds[view % Kinds.Length];

    private static bool IsFlat(int sample) => sample % FlatEvery == 0;

    /// <summary>Any, but not one whose side is decided by a thousandth, towards the light or the camera.</summary>
    private double[] Slope(int i)
    {
        for (; ; )
        {
            double[] slope = IsFlat(i) ? new double[3] : _bench.Draws(3, -1.5, 1.5);
            var normal = Normal(slope);
            var light = ShadingOf(_bench.ViewOf(i)).Light;
            double[] towards = [.. World(i).Select((x, axis) => light[axis] - x)];
            if (IsFlat(i) || Math.Abs(Inner(normal, _bench.Direction(i))) > 1e-3 && Math.Abs(Inner(normal, towards)) > 1e-2 && Inner(slope, slope) > 0.01)
                return slope;
        }
    }

    private double[] World(int i) => [.. _bench.Origin(i).Zip(_bench.Direction(i), (o, d) => o + _distance[i] * d)];

    private double[] Normal(double[] slope) => SurfaceReference.Normal(slope, _outward);

    private double[] Shaded(int i, double[] slope, double[] albedo) => SurfaceReference.Shade(ShadingOf(_bench.ViewOf(i)), albedo, Normal(slope), World(i));

    private int Pixel(int i, int axis) => (3 * _bench.ViewOf(i) + axis) * _bench.Rays.Pixels + _bench.RayOf(i) % _bench.Rays.Pixels;

    private double ColorError(double[][] expected) => Colors.Select((plane, channel) => Difference.Of(RayBench.Read(plane, Count), [.. expected.Select(c => c[channel])])).Max();

    private static double Inner(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Planes(double[][] vectors) => [.. Enumerable.Range(0, 3).SelectMany(axis => vectors.Select(v => v[axis]))];
}
