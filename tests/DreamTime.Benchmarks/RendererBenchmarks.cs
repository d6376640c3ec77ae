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
/// One optimisation step of the default NeRF: 4 views of 32x32 pixels, forward, backward and Adam. Setting up checks that both ways give the same image and gradient.
/// </summary>
[Config(typeof(Config)), MemoryDiagnoser]
public class RendererBenchmarks
{
    private const int Size = 32;

    private static readonly Camera[] Cameras = [.. Enumerable.Range(0, 4).Select(i => Camera.Orbit(90 * i + 10, 20, 2.8f, 45))];

    private readonly NerfRenderer _everywhere = new(new NerfOptions { OccupancyResolution = 0, NetworkLearningRate = 0, GridLearningRate = 0 }, 1);
    private readonly NerfRenderer _pruned = new(new NerfOptions { NetworkLearningRate = 0, GridLearningRate = 0 }, 1);
    private ImageGradients _gradient = new();
    private TensorNerf? _tensors;

    /// <summary>Prunes the one renderer, and copies the other's samples and parameters into tensors.</summary>
    [GlobalSetup]
    public void Setup()
    {
        NativeLibtorch.Load();
        var images = Render(_everywhere);
        var random = new Random(1);
        _gradient = new ImageGradients { Color = [.. images.Color.Select(_ => (float)(random.NextDouble() - 0.5))] };
        _tensors = new TensorNerf(_everywhere, images, _gradient.Color);
        _everywhere.Backward(_gradient);
        _tensors.Check(_everywhere, images);
        for (var i = 0; i < _pruned.Options.OccupancyInterval; i++)
            Step(_pruned);
        Console.WriteLine(FormattableString.Invariant($"// samples: {_everywhere.LastSamples.Evaluated} everywhere, {_pruned.LastSamples.Evaluated} after pruning"));
    }

    /// <summary>The step in TorchSharp's tensor operations with autograd; the samples' places are given to it.</summary>
    [Benchmark(Baseline = true)]
    public void TensorOperations() => _tensors!.Step();

    /// <summary>The step in this project's kernels, sampling all space.</summary>
    [Benchmark]
    public double Kernels() => Step(_everywhere);

    /// <summary>The step in this project's kernels, skipping what the initial blob leaves empty.</summary>
    [Benchmark]
    public double KernelsSkippingEmptySpace() => Step(_pruned);

    /// <summary>A preview: one view of 256x256 pixels.</summary>
    [Benchmark]
    public Images Preview() => _pruned.Render(Cameras[..1], 256, 256, RenderSettings.Evaluation(Vector3.One));

    private double Step(NerfRenderer renderer)
    {
        Render(renderer);
        renderer.Backward(_gradient);
        return renderer.Step();
    }

    private static Images Render(NerfRenderer renderer) => renderer.Render(Cameras, Size, Size, RenderSettings.ForTraining(1, Vector3.One));

    // In this process, since a project that BenchmarkDotNet generates would not find its packages through Paket.
    private sealed class Config : ManualConfig
    {
        public Config() => AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(3).WithIterationCount(15));
    }
}
