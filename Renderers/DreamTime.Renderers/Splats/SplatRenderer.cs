using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// 3D Gaussians on the CPU (Kerbl et al. 2023): projected, sorted by tile and composited, with their own backward pass, optimiser, growing and pruning.
/// With the same options, seed and calls it gives the same numbers on one machine, whatever the number of threads.
/// Colours are at least 0; spherical harmonics may lift them above 1. Depth counts the distance to the Gaussians' centres.
/// </summary>
public sealed class SplatRenderer : IRenderer, IDensityField, ISolidStart
{
    private readonly ParallelOptions _parallel;
    private Gaussians _gaussians;
    private readonly long _seed;
    private float[] _pull;
    private int[] _seen;
    private List<SplatView>? _views;
    private Images? _rendered;
    private SplatField? _field;

    /// <summary>Grey Gaussians, spread evenly in a ball of half the radius.</summary>
    /// <param name="options">Start and training.</param>
    /// <param name="seed">Of the places, and of where Gaussians split.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public SplatRenderer(SplatOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Options, _seed) = (options, seed);
        _parallel = options.Parallelism;
        _gaussians = SplatStart.Ball(options, seed);
        (_pull, _seen) = (new float[_gaussians.Count], new int[_gaussians.Count]);
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

    internal Gaussians Gaussians => _gaussians;

    /// <inheritdoc/>
    /// <remarks>As many Gaussians as <see cref="SplatOptions.InitialCount"/> are laid on it. Nothing is fitted: the steps do not matter.</remarks>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (Steps > 0)
            throw new InvalidOperationException($"A renderer starts as a solid before its first step; {Steps} were taken.");

        _gaussians = SplatStart.Surface(Options, shape, _seed);
        (_views, _rendered, _field) = (null, null, null);
    }

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);

        var images = new Images(cameras.Count, height, width, settings.Normals);
        var views = new List<SplatView>();
        for (var view = 0; view < cameras.Count; view++)
        {
            var rendered = new SplatView(_gaussians, cameras[view], settings.BackgroundOf(view, cameras.Count), settings.ShadingOf(view, cameras.Count), images, view, _parallel);
            if (settings.Training)
                views.Add(rendered);
        }

        if (settings.Training)
            (_views, _rendered) = (views, images);
        return images;
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (_views is not { } views || _rendered is not { } images)
            throw RendererContract.NothingRendered();

        gradients.Validate(images);
        (_views, _rendered) = (null, null);
        foreach (var view in views)
            view.Backward(gradients, _pull, _seen);
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        RendererContract.CheckStep(learningRateScale);
        var norm = Math.Sqrt(_gaussians.Groups.Sum(SquaredNorm));
        Steps++;
        foreach (var group in _gaussians.Groups)
            Adam.Step(group.Values, group.Gradient, group.Mean, group.Square, Steps, Rate(group) * learningRateScale, _parallel);
        (_views, _rendered, _field) = (null, null, null);
        if (Options.DensifyInterval > 0 && Steps % Options.DensifyInterval == 0)
        {
            SplatDensification.Round(_gaussians, Options, Steps, _seed, _pull, _seen);
            (_pull, _seen) = (new float[_gaussians.Count], new int[_gaussians.Count]);
        }

        return norm;
    }

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        RendererContract.CheckQuery(positions.Length, density.Length, color.Length);
        _field ??= new SplatField(_gaussians, Options.Radius, _parallel);
        _field.Query(positions, density, color);
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream) => SplatState.Write(stream, _gaussians, Steps, _pull, _seen);

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        (Steps, _pull, _seen) = SplatState.Read(stream, _gaussians);
        (_views, _rendered, _field) = (null, null, null);
    }

    private float Rate(SplatGroup group) =>
        group == _gaussians.Positions ? Options.PositionLearningRate * Options.Radius
        : group == _gaussians.LogScales ? Options.ScaleLearningRate
        : group == _gaussians.Rotations ? Options.RotationLearningRate
        : group == _gaussians.Opacities ? Options.OpacityLearningRate
        : group == _gaussians.Base ? Options.ColorLearningRate
        : Options.ColorLearningRate / 20;

    private double SquaredNorm(SplatGroup group) => RendererContract.Finite(Adam.SquaredNorm(group.Gradient, _parallel), group.Name, Steps);
}
