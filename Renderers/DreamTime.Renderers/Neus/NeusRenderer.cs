using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// NeuS on the CPU (Wang et al. 2021): a signed distance and a colour in a hash grid and a small network, rendered as opacities that peak at the surface. Its surface is where
/// the distance is 0. With the same options, seed and calls it gives the same numbers on one machine, whatever the number of threads.
/// </summary>
public sealed class NeusRenderer : IRenderer, IDensityField, IRegularizedRays, ISolidStart
{
    private const int EvaluationRays = 1 << 12;

    private readonly ParallelOptions _parallel;
    private readonly NerfField _field;
    private readonly OccupancyGrid _occupancy;
    private readonly RayMarcher _marcher;
    private readonly NeusRays _training, _evaluation;
    private readonly Samples _probes = new();
    private readonly Parameters _variance = new(1);
    private readonly long _seed;
    private RenderedRays? _rendered;

    /// <summary>An ellipsoid of no particular colour.</summary>
    /// <param name="options">Shape and training.</param>
    /// <param name="seed">Of the initial values and the occupancy grid's probes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public NeusRenderer(NeusOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Options, _seed) = (options, seed);
        _parallel = options.Field.Parallelism;
        _field = new NerfField(options.Field, new SignedDistanceValue(options.Field.Radius, options.InitialRadii), seed, _parallel);
        _occupancy = new OccupancyGrid(options.Field.OccupancyResolution);
        _marcher = new RayMarcher(options.Field, _occupancy);
        (_training, _evaluation) = (new NeusRays(options, _field, _marcher, _parallel), new NeusRays(options, _field, _marcher, _parallel));
        _variance.Values[0] = options.InitialVariance;
    }

    /// <summary>Shape and training.</summary>
    public NeusOptions Options { get; }

    /// <summary>Added to the loss in every <see cref="Backward"/>; may change from step to step.</summary>
    public NerfRegularizers Regularizers { get; set; } = NerfRegularizers.None;

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>1/s, per world unit: how sharply the opacity falls around the surface. At most a million.</summary>
    public float Sharpness => Math.Clamp(MathF.Exp(10 * _variance.Values[0]), 1e-6f, 1e6f);

    /// <summary>mean (|gradient| - 1)^2 over the samples of the last training render: how far the field is from a distance.</summary>
    public double LastEikonal => _training.Eikonal;

    /// <inheritdoc/>
    public bool HasNormals => true;

    /// <inheritdoc/>
    public float Radius => Options.Field.Radius;

    /// <inheritdoc/>
    public float? SurfaceDensity => DensityOf(0);

    internal NerfField Field => _field;

    internal Parameters Variance => _variance;

    internal Samples TrainingSamples => _training.Samples;

    internal float StepLength => _marcher.Step;

    private NeusAlpha Alpha =>
        new(_marcher.Step, Sharpness, Options.CosineAnnealingSteps == 0 ? 1 : Math.Min(1, (float)Steps / Options.CosineAnnealingSteps));

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);

        var rays = new RenderedRays(cameras, settings, new Images(cameras.Count, height, width, settings.Normals));
        if (settings.Training)
        {
            _training.Forward(rays, 0, rays.Count, settings.Seed, Alpha);
            _rendered = rays;
        }
        else
        {
            for (var first = 0; first < rays.Count; first += EvaluationRays)
                _evaluation.Forward(rays, first, Math.Min(EvaluationRays, rays.Count - first), null, Alpha);
        }

        return rays.Images;
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        var rays = _rendered ?? throw RendererContract.NothingRendered();
        gradients.Validate(rays.Images);
        _rendered = null;
        _variance.Gradient[0] += _training.Backward(rays, gradients, Regularizers, Alpha) * 10 * Sharpness;
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        RendererContract.CheckStep(learningRateScale);
        var norm = Math.Sqrt(SquaredNorm(_field.Table, "hash grid") + SquaredNorm(_field.Weights, "network") + SquaredNorm(_variance, "variance"));
        Steps++;
        _field.ActiveLevels = Options.Field.LevelsAt(Steps);
        _field.Table.Step(Steps, Options.Field.GridLearningRate * learningRateScale, _parallel);
        _field.Weights.Step(Steps, Options.Field.NetworkLearningRate * learningRateScale, _parallel);
        _variance.Step(Steps, Options.VarianceLearningRate * learningRateScale, _parallel);
        _rendered = null;
        if (_occupancy.Resolution > 0 && Steps % Options.Field.OccupancyInterval == 0)
            UpdateOccupancy();
        return norm;
    }

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color) =>
        FieldQuery.Run(_field, _marcher, _probes, DensityOf, positions, density, color);

    /// <inheritdoc/>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        RendererContract.CheckStart(shape, steps, Steps);
        // The squared difference of distances.
        new FieldStart(_field, Radius, _parallel).Fit(shape, steps, _seed, Options.Field.GridLearningRate, (value, distance) => 2 * (value - distance));
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream) => NerfState.Write(stream, Options.Field, Steps, [.. Arrays()]);

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        Steps = NerfState.Read(stream, Options.Field, [.. Arrays()]);
        _field.ActiveLevels = Options.Field.LevelsAt(Steps);
        _rendered = null;
        if (_occupancy.Resolution > 0 && Steps >= Options.Field.OccupancyInterval)
            _occupancy.Refresh();
    }

    /// <summary>A signed distance as a density that is smooth enough to be cut between grid points, whatever the sharpness.</summary>
    private float DensityOf(float distance) => 1 / (1 + MathF.Exp(20 / Options.Field.Radius * distance));

    private IEnumerable<float[]> Arrays()
    {
        foreach (var parameters in (Parameters[])[_field.Table, _field.Weights, _variance])
            foreach (var array in parameters.Arrays)
                yield return array;
        yield return _occupancy.Opacity;
    }

    private double SquaredNorm(Parameters parameters, string what) => RendererContract.Finite(Adam.SquaredNorm(parameters.Gradient, _parallel), what, Steps);

    private void UpdateOccupancy()
    {
        var cells = _occupancy.Opacity.Length;
        _probes.Allocate([cells], _field.Features);
        for (var cell = 0; cell < cells; cell++)
        {
            var probe = _occupancy.Probe(cell, _seed, Steps);
            (_probes.X[cell], _probes.Y[cell], _probes.Z[cell]) = (probe.X, probe.Y, probe.Z);
        }

        _field.Evaluate(_probes);
        // The steepest fall that a distance has: seen face on.
        var alpha = Alpha with { Annealing = 1 };
        for (var cell = 0; cell < cells; cell++)
            _probes.Density[cell] = -MathF.Log(1 - alpha.Of(_probes.Density[cell], -1)) / _marcher.Step;
        _occupancy.Update(_probes.Density.AsSpan(0, cells), _marcher.Step);
    }
}
