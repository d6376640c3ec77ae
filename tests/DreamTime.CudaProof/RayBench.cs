using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Rays of several views on a device, each with a random number of samples of which it used most, and what is drawn for these.</summary>
internal sealed class RayBench : IDisposable
{
    private const int Side = 8, Longest = 24;

    private readonly Random _random = new(2);
    private readonly Camera[] _cameras;
    private readonly int[] _rayOf;
    private readonly bool[] _isUsed;

    /// <param name="device">Where they lie.</param>
    /// <param name="samples">About how many samples all rays have.</param>
    /// <param name="settings">Of the render, given the number of views.</param>
    public RayBench(IKernelDevice device, int samples, Func<int, RenderSettings> settings)
    {
        var views = Math.Max(3, samples / (Side * Side * Longest / 2));
        _cameras = [.. Enumerable.Range(0, views).Select(view => Camera.Orbit(10 + 37 * view, 15, 2.7f, 45))];
        Rays = new CudaRays(device);
        Rays.Begin(_cameras, Side, Side, settings(views), into: null);
        Samples = new CudaSamples(device, features: 2);
        int[] counts = [.. Enumerable.Range(0, Rays.Count).Select(_ => _random.Next(Longest + 1))], used = [.. counts.Select(count => count - count / 5)];
        var starts = new int[Rays.Count + 1];
        for (var ray = 0; ray < counts.Length; ray++)
            starts[ray + 1] = starts[ray] + counts[ray];
        Samples.Reserve(starts[^1]);
        Samples.RayStart.Upload(starts);
        Rays.Used.Upload(used);
        _rayOf = [.. Enumerable.Range(0, Rays.Count).SelectMany(ray => Enumerable.Repeat(ray, counts[ray]))];
        _isUsed = [.. Enumerable.Range(0, Count).Select(i => i - starts[_rayOf[i]] < used[_rayOf[i]])];
    }

    public CudaRays Rays { get; }

    public CudaSamples Samples { get; }

    public int Count => Samples.Count;

    public int RayOf(int sample) => _rayOf[sample];

    public int ViewOf(int sample) => _rayOf[sample] / Rays.Pixels;

    public bool IsUsed(int sample) => _isUsed[sample];

    /// <summary>Where a sample's ray begins.</summary>
    public double[] Origin(int sample) => Numbers(_cameras[ViewOf(sample)].Position);

    /// <summary>Of length 1.</summary>
    public double[] Direction(int sample)
    {
        var pixel = _rayOf[sample] % Rays.Pixels;
        return Numbers(_cameras[ViewOf(sample)].RayDirection(pixel % Side + 0.5f, pixel / Side + 0.5f, Side, Side));
    }

    /// <summary>A number of float32 in the range.</summary>
    public double Draw(double from, double to) => (float)(from + (to - from) * _random.NextDouble());

    public double[] Draws(int count, double from, double to) => [.. Enumerable.Range(0, count).Select(_ => Draw(from, to))];

    public static void Fill(DeviceArray<float> array, IEnumerable<double> numbers) => array.Upload([.. numbers.Select(x => (float)x)]);

    public static float[] Read(DeviceArray<float> array, int count)
    {
        var numbers = new float[count];
        array.Download(numbers);
        return numbers;
    }

    public void Dispose()
    {
        Rays.Dispose();
        Samples.Dispose();
    }

    private static double[] Numbers(Vector3 vector) => [vector.X, vector.Y, vector.Z];
}
