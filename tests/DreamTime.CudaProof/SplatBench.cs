using System.Numerics;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>
/// Gaussians that are large and small, long and flat, faint and opaque, with quaternions of any length, on the processor and on a device; one is behind the cameras.
/// </summary>
internal sealed class SplatBench : IDisposable
{
    private const long Seed = 7;

    public SplatBench(IKernelDevice device, SplatOptions options)
    {
        Cpu = new SplatRenderer(options, Seed);
        var random = new Random(11);
        // The more there are, the smaller: as many reach a pixel.
        var shrink = MathF.Log(MathF.Max(1, options.InitialCount / 24f)) / 3;
        var gaussians = Cpu.Gaussians;
        Fill(gaussians.Positions, -0.7f, 0.7f);
        Fill(gaussians.LogScales, -3.5f - shrink, -1 - shrink);
        Fill(gaussians.Rotations, -1.5f, 1.5f);
        Fill(gaussians.Opacities, -2.5f, 6);
        Fill(gaussians.Base, -1.6f, 1.6f);
        Fill(gaussians.Rest, -0.4f, 0.4f);
        gaussians.Positions.Values[0] = 40;
        Device = new CudaSplatRenderer(device, options, Seed);
        Copy(Cpu, Device);

        void Fill(SplatGroup group, float low, float high)
        {
            foreach (ref var value in group.Values.AsSpan())
                value = low + (high - low) * random.NextSingle();
        }
    }

    public static IReadOnlyList<Camera> Cameras { get; } = [Camera.Orbit(30, 20, 2.5f, 45), Camera.Orbit(200, -40, 2, 60) with { PrincipalOffset = new(0.1f, -0.05f) }];

    public static IReadOnlyList<Vector3> Backgrounds { get; } = [new(0.2f, 0.9f, 0.4f), new(0.7f, 0.1f, 0.3f)];

    public static RenderSettings Training { get; } = RenderSettings.ForTraining(1, Backgrounds);

    /// <summary>One view lit, the other white, with normals.</summary>
    public static RenderSettings Lit { get; } =
        Training with { Normals = true, Shadings = [Shading.Lit(new Vector3(2, 1, 3), 0.2f, 0.7f), Shading.Textureless(new Vector3(-1, 2, 1.5f))] };

    public SplatRenderer Cpu { get; }

    public CudaSplatRenderer Device { get; }

    /// <summary>The groups' values in double.</summary>
    public double[][] Parameters => [.. Cpu.Gaussians.Groups.Select(group => Array.ConvertAll(group.Values, x => (double)x))];

    public static SplatOptions Options(int count, int degree) =>
        new() { InitialCount = count, MaximalCount = 2 * count, HarmonicsDegree = degree, DensifyInterval = 0 };

    /// <summary>A gradient of everything that is rendered.</summary>
    public static ImageGradients Slopes(Images images)
    {
        var random = new Random(12);
        return new() { Color = Draw(images.Color.Length), Opacity = Draw(images.Opacity.Length), Depth = Draw(images.Depth.Length), Normals = images.Normals is { } normals ? Draw(normals.Length) : null };

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    /// <summary>Lets a renderer go on from another.</summary>
    public static void Copy(IRenderer from, IRenderer to)
    {
        using var state = new MemoryStream();
        from.WriteState(state);
        state.Position = 0;
        to.ReadState(state);
    }

    public static T[] Numbers<T>(DeviceArray<T> array, int count) where T : unmanaged
    {
        var numbers = new T[count];
        array.Download(numbers);
        return numbers;
    }

    public void Dispose() => Device.Dispose();
}
