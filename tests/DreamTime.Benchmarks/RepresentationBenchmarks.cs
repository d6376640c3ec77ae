using System.Numerics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DreamTime.Renderers;

namespace DreamTime.Benchmarks;

/// <summary>
/// One optimisation step of the other representations, forward, backward and Adam: 20,000 Gaussians in one view of 512x512, and the default NeuS in 4 views of 32x32, the same with
/// analytic slopes; and what normals and light add to a NeRF's step. Core-seconds are printed beside the wall times, since other work on the machine lengthens only these.
/// </summary>
[Config(typeof(Config)), MemoryDiagnoser]
public class RepresentationBenchmarks
{
    private static readonly Camera[] Cameras = [.. Enumerable.Range(0, 4).Select(i => Camera.Orbit(90 * i + 10, 20, 2.8f, 45))];

    private readonly NerfRenderer _nerf = new(new NerfOptions { NetworkLearningRate = 0, GridLearningRate = 0 }, 1);
    private readonly NeusRenderer _neus = new(Still(NormalMethod.FiniteDifference), 1);
    private readonly NeusRenderer _analytic = new(Still(NormalMethod.Analytic), 1);
    private readonly SplatRenderer _splats = new(
        new SplatOptions { InitialCount = 20_000, MaximalCount = 20_000, DensifyInterval = 0, PositionLearningRate = 0, ScaleLearningRate = 0, OpacityLearningRate = 0 }, 1);

    /// <summary>Prunes, and prints the core-seconds of each step.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < 16; i++)
            (_, _, _) = (Nerf(), Neus(), NeusAnalytic());
        foreach (var (name, step) in new (string, Func<double>)[]
                 {
                     (nameof(Splats512), Splats512), (nameof(Neus), Neus), (nameof(NeusAnalytic), NeusAnalytic),
                     (nameof(Nerf), Nerf), (nameof(NerfWithNormals), NerfWithNormals), (nameof(NerfUnderLight), NerfUnderLight),
                 })
        {
            step();
            var (before, count) = (CoreSeconds.Now, 10);
            for (var i = 0; i < count; i++)
                step();
            Console.WriteLine(FormattableString.Invariant($"// core-ms a step: {name} {1000 * (CoreSeconds.Now - before) / count:F1}"));
        }
    }

    /// <summary>The default NeRF, for comparison.</summary>
    [Benchmark(Baseline = true)]
    public double Nerf() => Step(_nerf, Cameras, 32, RenderSettings.ForTraining(1, Vector3.One));

    /// <summary>With normals and a gradient of them.</summary>
    [Benchmark]
    public double NerfWithNormals() => Step(_nerf, Cameras, 32, RenderSettings.ForTraining(1, Vector3.One) with { Normals = true });

    /// <summary>With light, and its gradient through the normals.</summary>
    [Benchmark]
    public double NerfUnderLight() =>
        Step(_nerf, Cameras, 32, RenderSettings.ForTraining(1, Vector3.One) with { Shadings = [Shading.Lit(new Vector3(1, 1, 2))] });

    /// <summary>The slope by differences: four evaluations a sample.</summary>
    [Benchmark]
    public double Neus() => Step(_neus, Cameras, 32, RenderSettings.ForTraining(1, Vector3.One));

    /// <summary>The slope itself.</summary>
    [Benchmark]
    public double NeusAnalytic() => Step(_analytic, Cameras, 32, RenderSettings.ForTraining(1, Vector3.One));

    /// <summary>20,000 Gaussians, one view.</summary>
    [Benchmark]
    public double Splats512() => Step(_splats, Cameras[..1], 512, RenderSettings.ForTraining(1, Vector3.One));

    private static NeusOptions Still(NormalMethod method) => new()
    {
        Field = new NerfOptions { NetworkLearningRate = 0, GridLearningRate = 0 },
        VarianceLearningRate = 0,
        NormalMethod = method,
    };

    private static double Step(IRenderer renderer, Camera[] cameras, int size, RenderSettings settings)
    {
        var images = renderer.Render(cameras, size, size, settings);
        renderer.Backward(new ImageGradients { Color = [.. images.Color.Select(c => c - 0.5f)], Normals = images.Normals });
        return renderer.Step();
    }

    // In this process, since a project that BenchmarkDotNet generates would not find its packages through Paket.
    private sealed class Config : ManualConfig
    {
        public Config() => AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(3).WithIterationCount(15));
    }
}
