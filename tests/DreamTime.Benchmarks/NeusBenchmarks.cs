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
/// One optimisation step of the default NeuS, slopes by differences: 4 views of 32 x 32 pixels, forward, backward and Adam. Setting up checks that both ways give the same gradient.
/// </summary>
[Config(typeof(Config)), MemoryDiagnoser]
public class NeusBenchmarks
{
    private const int Size = 32;

    private static readonly Camera[] Cameras = [.. Enumerable.Range(0, 4).Select(i => Camera.Orbit(90 * i + 10, 20, 2.8f, 45))];

    private readonly NeusRenderer _renderer = new(
        new NeusOptions { Field = new NerfOptions { NetworkLearningRate = 0, GridLearningRate = 0, OccupancyResolution = 0 }, VarianceLearningRate = 0 }, 1);

    private ImageGradients _gradient = new();
    private TensorNeus? _tensors;

    /// <summary>Copies the renderer's parameters into tensors, and prints the core-seconds of each way.</summary>
    [GlobalSetup]
    public void Setup()
    {
        NativeLibtorch.Load();
        var images = Render();
        var random = new Random(1);
        var color = images.Color.Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        _gradient = new ImageGradients { Color = color };
        _tensors = new TensorNeus(_renderer, Cameras, images, color);
        _renderer.Backward(_gradient);
        _tensors.Check();
        Console.WriteLine($"// {_renderer.TrainingSamples.Count} samples");
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

    /// <summary>The step in TorchSharp's tensor operations with autograd; the samples' places are given to it.</summary>
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

    private Images Render() => _renderer.Render(Cameras, Size, Size, RenderSettings.ForTraining(1, Vector3.One));

    // In this process, since a project that BenchmarkDotNet generates would not find its packages through Paket.
    private sealed class Config : ManualConfig
    {
        public Config() => AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(2).WithIterationCount(7));
    }
}
