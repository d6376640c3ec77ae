using System.Numerics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DreamTime.Diffusion;
using DreamTime.Renderers;

namespace DreamTime.Benchmarks;

/// <summary>
/// One optimisation step of 1,000 flat Gaussians on a ball in one view of 128 x 128 pixels, forward, backward and Adam: as many as tensor operations can hold. Setting up checks that
/// both ways give the same gradient.
/// </summary>
[Config(typeof(Config)), MemoryDiagnoser]
public class SplatBenchmarks
{
    private const int Size = 128, Count = 1000;

    private static readonly Camera View = Camera.Orbit(30, 20, 2.2f, 45);

    private readonly SplatRenderer _renderer = new(
        new SplatOptions
        {
            InitialCount = Count,
            DensifyInterval = 0,
            PositionLearningRate = 0,
            ScaleLearningRate = 0,
            RotationLearningRate = 0,
            OpacityLearningRate = 0,
            ColorLearningRate = 0,
        },
        1);

    private ImageGradients _gradient = new();
    private TensorSplats? _tensors;

    /// <summary>Copies the renderer's parameters into tensors, and prints the core-seconds of each way.</summary>
    [GlobalSetup]
    public void Setup()
    {
        NativeLibtorch.Load();
        _renderer.StartAs(SignedShape.Ellipsoid(new Vector3(0.5f, 0.6f, 0.7f)));
        var random = new Random(1);
        var color = Enumerable.Range(0, 3 * Size * Size).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        _gradient = new ImageGradients { Color = color };
        _tensors = new TensorSplats(_renderer, View, Size, color);
        Render();
        _renderer.Backward(_gradient);
        _tensors.Check(_renderer);
        _renderer.Step();
        foreach (var (name, step) in new (string, Action)[] { (nameof(TensorOperations), TensorOperations), (nameof(Kernels), () => Kernels()) })
        {
            step();
            var (before, count) = (CoreSeconds.Now, 5);
            for (var i = 0; i < count; i++)
                step();
            Console.WriteLine(FormattableString.Invariant($"// core-ms a step: {name} {1000 * (CoreSeconds.Now - before) / count:F1}"));
        }
    }

    /// <summary>The step in TorchSharp's tensor operations with autograd, every Gaussian at every pixel.</summary>
    [Benchmark(Baseline = true)]
    public void TensorOperations() => _tensors!.Step();

    /// <summary>The step in this project's kernels.</summary>
    [Benchmark]
    public double Kernels()
    {
        Render();
        _renderer.Backward(_gradient);
        return _renderer.Step();
    }

    private void Render() => _renderer.Render([View], Size, Size, RenderSettings.ForTraining(1, Vector3.One));

    // In this process, since a project that BenchmarkDotNet generates would not find its packages through Paket.
    private sealed class Config : ManualConfig
    {
        public Config() => AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(2).WithIterationCount(7));
    }
}
