using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>
/// 3D Gaussians on a GPU: what <see cref="SplatRenderer"/> does, with the same beginning and the same state, so that either can go on from the other. With the same
/// options, seed and calls it gives the same numbers on one GPU. Rounds of growing and pruning are made by the processor.
/// </summary>
public sealed class CudaSplatRenderer : IDensityField, IDeviceRenderer, ISolidStart, IDisposable
{
    private readonly IKernelDevice _device;
    private readonly CudaGaussians _gaussians;
    private readonly CudaSplatViews _views, _evaluation;
    private readonly CudaImageGradients _gradients;
    private readonly long _seed;
    private bool _rendered;
    private Images? _images;
    private SplatRenderer? _copy;

    /// <summary>Grey Gaussians, spread evenly in a ball of half the radius.</summary>
    /// <param name="device">What computes them; it must outlive this.</param>
    /// <param name="options">Start and training.</param>
    /// <param name="seed">Of the places, and of where Gaussians split.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaSplatRenderer(IKernelDevice device, SplatOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_device, Options, _seed) = (device, options, seed);
        _gaussians = new CudaGaussians(device, SplatStart.Ball(options, seed));
        (_views, _evaluation) = (new CudaSplatViews(device), new CudaSplatViews(device));
        _gradients = new CudaImageGradients(device);
    }

    /// <summary>Start and training.</summary>
    public SplatOptions Options { get; }

    /// <summary>Gaussians now.</summary>
    public int Count => _gaussians.Count;

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <inheritdoc/>
    public bool HasNormals => true;

    /// <inheritdoc/>
    public float Radius => Options.Radius;

    /// <inheritdoc/>
    public IKernelDevice Device => _device;

    internal CudaGaussians Gaussians => _gaussians;

    internal CudaSplatViews TrainingViews => _views;

    /// <inheritdoc/>
    /// <remarks>As <see cref="SplatRenderer.StartAs"/> does.</remarks>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        if (Steps > 0)
            throw new InvalidOperationException($"A renderer starts as a solid before its first step; {Steps} were taken.");

        var copy = new SplatRenderer(Options, _seed);
        copy.StartAs(shape, steps);
        _gaussians.Upload(copy.Gaussians, new float[copy.Count], new int[copy.Count]);
        Forget();
    }

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);
        var images = new Images(cameras.Count, height, width, settings.Normals);
        if (settings.Training)
        {
            Render(_views, cameras, height, width, settings, into: null);
            _views.Download(images, 0);
            (_rendered, _images) = (true, images);
            return images;
        }

        // The kept views of a training render stay as they are. One at a time, since there may be many.
        for (var view = 0; view < cameras.Count; view++)
        {
            var one = settings with { Backgrounds = [settings.BackgroundOf(view, cameras.Count)], Shadings = [settings.ShadingOf(view, cameras.Count)] };
            Render(_evaluation, [cameras[view]], height, width, one, into: null);
            _evaluation.Download(images, view);
        }

        return images;
    }

    /// <inheritdoc/>
    public void Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes into)
    {
        RendererContract.CheckRender(cameras, settings);
        into.CheckRender(height, width, settings);

        Render(_views, cameras, height, width, settings, into);
        (_rendered, _images) = (true, null);
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        gradients.Validate(_images ?? throw RendererContract.NothingRendered());
        if (gradients.Normals is not null)
            _views.RasterNormalsBackward(_gradients.UploadNormals(gradients));
        Backward(_gradients.Upload(gradients));
    }

    /// <inheritdoc/>
    public void Backward(DevicePlanes gradients)
    {
        if (!_rendered)
            throw RendererContract.NothingRendered();
        (_rendered, _images) = (false, null);
        _views.RasterBackward(gradients);
        _views.ProjectBackward(_gaussians);
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        RendererContract.CheckStep(learningRateScale);
        var norm = _gaussians.GradientNorm(Steps);
        Steps++;
        foreach (var (group, rate) in _gaussians.Groups.Zip(Rates()))
            if (group.Count > 0)
                group.Step(Steps, rate * learningRateScale);
        Forget();
        if (Options.DensifyInterval > 0 && Steps % Options.DensifyInterval == 0)
        {
            var (gaussians, pull, seen) = _gaussians.Download();
            SplatDensification.Round(gaussians, Options, Steps, _seed, pull, seen);
            _gaussians.Upload(gaussians, new float[gaussians.Count], new int[gaussians.Count]);
        }

        return norm;
    }

    /// <inheritdoc/>
    /// <remarks>The processor does it.</remarks>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        _copy ??= OnCpu();
        _copy.Query(positions, density, color);
    }

    /// <summary>A copy that the CPU renders: to save it, or to go on there.</summary>
    public SplatRenderer OnCpu()
    {
        using var state = new MemoryStream();
        WriteState(state);
        state.Position = 0;
        var copy = new SplatRenderer(Options, _seed);
        copy.ReadState(state);
        return copy;
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream)
    {
        var (gaussians, pull, seen) = _gaussians.Download();
        SplatState.Write(stream, gaussians, Steps, pull, seen);
    }

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        var gaussians = new Gaussians(Count, Options.HarmonicsDegree);
        (Steps, var pull, var seen) = SplatState.Read(stream, gaussians);
        _gaussians.Upload(gaussians, pull, seen);
        Forget();
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_gaussians, _views, _evaluation, _gradients])
            part.Dispose();
    }

    private void Render(CudaSplatViews views, IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes? into)
    {
        views.Begin(_gaussians.Count, cameras, height, width, settings, into);
        views.Render(_gaussians);
    }

    private void Forget() => (_rendered, _images, _copy) = (false, null, null);

    /// <summary>Adam's learning rates, in the groups' order.</summary>
    private float[] Rates() =>
    [
        Options.PositionLearningRate * Options.Radius, Options.ScaleLearningRate, Options.RotationLearningRate, Options.OpacityLearningRate,
        Options.ColorLearningRate, Options.ColorLearningRate / 20,
    ];
}
