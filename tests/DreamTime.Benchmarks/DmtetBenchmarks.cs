using System.Numerics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DreamTime.Diffusion;
using DreamTime.Renderers;

namespace DreamTime.Benchmarks;

/// <summary>One optimisation step of a DMTet: a lattice of 64 cubes an axis, one view of 512 x 512 pixels, forward, backward and Adam. Setting up checks that both ways give the same gradient.</summary>
[Config(typeof(Config)), MemoryDiagnoser]
public class DmtetBenchmarks
{
    private const int Size = 512;

    private static readonly Camera View = Camera.Orbit(30, 20, 1.7f, 45);

    private readonly DmtetRenderer _renderer = new(
        new DmtetOptions { DistanceLearningRate = 0, MoveLearningRate = 0, Field = new DmtetOptions().Field with { GridLearningRate = 0, NetworkLearningRate = 0 } }, 1);

    private ImageGradients _gradient = new();
    private TensorDmtet? _tensors;

    /// <summary>Copies the renderer's parameters, and what its pixels show, into tensors.</summary>
    [GlobalSetup]
    public void Setup()
    {
        NativeLibtorch.Load();
        var threads = new ParallelOptions();
        var visible = new VisibleSurface(
            new ProjectedSurface(_renderer.Current(), new PixelProjection(View, Size, Size, margin: 0), threads), Size, Size, threads);
        bool Shows(int x, int y) => x >= 0 && y >= 0 && x < Size && y < Size && visible.Triangle[y * Size + x] != VisibleSurface.None;

        // Silhouettes have no part in the loss, since the tensors have none; the kernels look for them all the same.
        var random = new Random(1);
        var color = new float[3 * Size * Size];
        for (var i = 0; i < color.Length; i++)
        {
            var (x, y) = (i % Size, i / Size % Size);
            var isInner = Enumerable.Range(-2, 5).All(d => Shows(x + d, y) && Shows(x, y + d) && Shows(x + d, y + d) && Shows(x + d, y - d));
            color[i] = isInner ? (float)(random.NextDouble() - 0.5) : 0;
        }

        _gradient = new ImageGradients { Color = color };
        _tensors = new TensorDmtet(_renderer, visible, View, color);
        Render();
        _renderer.Backward(_gradient);
        _tensors.Check(_renderer);
        _renderer.Step();
        Console.WriteLine($"// {_renderer.TriangleCount} triangles on {_tensors.Pixels.Length} pixels");
    }

    /// <summary>The step in TorchSharp's tensor operations with autograd; triangles and what pixels show of them are given to it, and it has no silhouettes.</summary>
    [Benchmark(Baseline = true)]
    public void TensorOperations() => _tensors!.Step();

    /// <summary>The step in this project's kernels: marching tetrahedra, rasteriser, silhouettes, colours, and back.</summary>
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
            .WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(3).WithIterationCount(15));
    }
}
