using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// A neural radiance field on the CPU: a multiresolution hash grid and a small network, sampled along rays and composited, with its own backward pass and optimiser.
/// With the same options, seed and calls it gives the same numbers on one machine, whatever the number of threads.
/// </summary>
public sealed class NerfRenderer : IRenderer, IDensityField, IRegularizedRays, ISolidStart
{
    private const int EvaluationRays = 1 << 13;

    private readonly ParallelOptions _parallel;
    private readonly NerfField _field;
    private readonly OccupancyGrid _occupancy;
    private readonly RayMarcher _marcher;
    private readonly RayPlacement _placement;
    private readonly Samples _samples = new(), _probes = new();
    private readonly SurfaceSamples _surface, _evaluatedSurface;
    private readonly SpatialSmoothness _smoothness;
    private readonly long _seed;
    private long _renderSeed;
    private RenderedRays? _rendered;

    /// <summary>A new, untrained field.</summary>
    /// <param name="options">Shape and training.</param>
    /// <param name="seed">Of the initial values and the occupancy grid's probes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public NerfRenderer(NerfOptions options, long seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Options, _seed) = (options, seed);
        _parallel = options.Parallelism;
        _field = new NerfField(options, new DensityValue(options), seed, _parallel);
        _occupancy = new OccupancyGrid(options.OccupancyResolution);
        _marcher = new RayMarcher(options, _occupancy);
        _placement = new RayPlacement(_marcher, _parallel);
        (_surface, _evaluatedSurface) = (NewSurface(), NewSurface());
        _smoothness = new SpatialSmoothness(_field, options, outward: -1, _parallel);

        // A density falls outwards.
        SurfaceSamples NewSurface() => new(FieldSlope.Of(_field, options.NormalMethod, options.NormalEpsilon, options.CubeRadius, _parallel), outward: -1);
    }

    /// <summary>Shape and training.</summary>
    public NerfOptions Options { get; }

    /// <summary>Added to the loss in every <see cref="Backward"/>; may change from step to step.</summary>
    public NerfRegularizers Regularizers { get; set; } = NerfRegularizers.None;

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <inheritdoc/>
    public float Radius => Options.Radius;

    /// <inheritdoc/>
    /// <remarks>Unbounded space has none: the field's slope is that of contracted space.</remarks>
    public bool HasNormals => !IsUnbounded;

    /// <summary>Samples of the last training render before and after early stopping, and the share of space that was not skipped: what a step costs.</summary>
    public (int Evaluated, int Used, double OccupiedShare) LastSamples { get; private set; }

    /// <summary>The parameters, their gradients and the kernels: for tests.</summary>
    internal NerfField Field => _field;

    internal Samples TrainingSamples => _samples;

    internal SpatialSmoothness Smoothness => _smoothness;

    internal RayMarcher Marcher => _marcher;

    internal OccupancyGrid Occupancy => _occupancy;

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);

        if (IsUnbounded && (settings.Normals || settings.IsLit || Regularizers.UsesNormals))
            throw new NotSupportedException("An unbounded NeRF has no normals: neither light nor losses on them.");

        var rays = new RenderedRays(cameras, settings, new Images(cameras.Count, height, width, settings.Normals));
        if (!settings.Training)
        {
            // The kept samples of a training render stay as they are: evaluation has its own.
            for (var first = 0; first < rays.Count; first += EvaluationRays)
                Render(rays, first, Math.Min(EvaluationRays, rays.Count - first), null, _probes, _evaluatedSurface);
            return rays.Images;
        }

        rays.NeedsNormals |= Regularizers.UsesNormals;
        _renderSeed = settings.Seed;
        var evaluated = Render(rays, 0, rays.Count, settings.Seed, _samples, _surface);
        _samples.Keep(rays.Used, _field.Features, _parallel);
        LastSamples = (evaluated, _samples.Count, _occupancy.OccupiedShare);
        _rendered = rays;
        return rays.Images;
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        var rays = _rendered ?? throw RendererContract.NothingRendered();
        gradients.Validate(rays.Images);
        _rendered = null;

        var solidRays = rays.Images.Opacity.Count(o => o > 0.5f);
        var seenRays = Math.Max(1, rays.Images.Opacity.Count(o => o > 0));
        Parallel.For(0, rays.Count, _parallel, ray => BackwardRay(rays, ray, gradients, solidRays, seenRays));
        if (Regularizers.SpatialNormalSmoothness != 0)
            _smoothness.AddGradient(_samples, _surface, Regularizers.SpatialNormalSmoothness, _renderSeed);
        if (rays.NeedsNormals)
            _surface.Backward(_samples);
        _field.Backward(_samples);
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        RendererContract.CheckStep(learningRateScale);
        var norm = Math.Sqrt(SquaredNorm(_field.Table, "hash grid") + SquaredNorm(_field.Weights, "network"));
        Steps++;
        _field.ActiveLevels = Options.LevelsAt(Steps);
        _field.Table.Step(Steps, Options.GridLearningRate * learningRateScale, _parallel);
        _field.Weights.Step(Steps, Options.NetworkLearningRate * learningRateScale, _parallel);
        _rendered = null;
        if (_occupancy.Resolution > 0 && Steps % Options.OccupancyInterval == 0)
            UpdateOccupancy();
        return norm;
    }

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color) =>
        FieldQuery.Run(_field, _marcher, _probes, value => value, positions, density, color);

    /// <inheritdoc/>
    /// <remarks>The surface is where a density of about 1 falls off within a few hundredths of the radius.</remarks>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        RendererContract.CheckStart(shape, steps, Steps);
        new FieldStart(_field, Options.CubeRadius, _parallel).Fit(shape, steps, _seed, Options.GridLearningRate, SolidGradient);
    }

    /// <summary>
    /// Of the squared difference between the value before the density's activation and a slope through the surface, level inside and outside: there nothing is wanted of what is beyond
    /// already. It is the gradient by the density.
    /// </summary>
    private float SolidGradient(float density, float distance)
    {
        const float lowest = -6, densest = 12;
        var isSoftplus = Options.DensityActivation == DensityActivation.Softplus;
        density = MathF.Max(density, 1e-30f);
        var activation = !isSoftplus || density < 1e-3f ? density : 1 - MathF.Exp(-density);
        var raw = isSoftplus ? density + MathF.Log(MathF.Max(activation, 1e-30f)) : MathF.Log(density);
        var highest = isSoftplus ? densest : MathF.Log(densest);
        var wanted = Math.Clamp(-distance / (0.015f * Radius), lowest, highest);
        var isBeyond = wanted == lowest && raw < lowest || wanted == highest && raw > highest;
        return isBeyond ? 0 : 2 * (raw - wanted) / MathF.Max(activation, 1e-30f);
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream) => NerfState.Write(stream, Options, Steps, [.. Arrays()]);

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        Steps = NerfState.Read(stream, Options, [.. Arrays()]);
        _field.ActiveLevels = Options.LevelsAt(Steps);
        _rendered = null;
        if (_occupancy.Resolution > 0 && Steps >= Options.OccupancyInterval)
            _occupancy.Refresh();
    }

    private bool IsUnbounded => Options.Bounds == NerfBounds.Unbounded;

    private IEnumerable<float[]> Arrays()
    {
        foreach (var parameters in (Parameters[])[_field.Table, _field.Weights])
            foreach (var array in parameters.Arrays)
                yield return array;
        yield return _occupancy.Opacity;
    }

    /// <summary>Fills the images at some rays; returns how many samples that took.</summary>
    private int Render(RenderedRays rays, int first, int count, long? seed, Samples samples, SurfaceSamples surface)
    {
        _placement.Place(rays, first, count, seed, samples, _field.Features);
        _field.Evaluate(samples);
        var evaluated = samples.Count;
        Parallel.For(0, count, _parallel, i => Composite(rays, first + i, samples, i));
        if (!rays.NeedsNormals)
            return evaluated;

        // Behind the early stop nobody asks for normals.
        samples.Keep(rays.Used.AsSpan(first, count).ToArray(), _field.Features, _parallel);
        surface.Evaluate(samples);
        Parallel.For(0, count, _parallel, i =>
        {
            surface.Shade(rays, first + i, samples, samples.RayStart[i], samples.RayStart[i + 1]);
            Composite(rays, first + i, samples, i);
            if (rays.HasNormals)
                surface.Composite(rays, first + i, samples.Density, samples.RayStart[i], samples.RayStart[i + 1], _marcher.Step);
        });
        return evaluated;
    }

    private void Composite(RenderedRays rays, int ray, Samples samples, int i)
    {
        var (start, length) = (samples.RayStart[i], samples.RayStart[i + 1] - samples.RayStart[i]);
        Span<float> room = stackalloc float[IsUnbounded ? length : 0];
        rays.Set(ray, Compositing.Forward(
            Stretched(rays, ray, samples, start, length, room), samples.Red.AsSpan(start, length), samples.Green.AsSpan(start, length), samples.Blue.AsSpan(start, length),
            samples.Distance.AsSpan(start, length), _marcher.Step, rays.Background(ray), Options.EarlyStop));
    }

    /// <summary>The densities of a ray's samples, for intervals of one step: those of an unbounded ray are times how much longer their intervals are.</summary>
    private ReadOnlySpan<float> Stretched(RenderedRays rays, int ray, Samples samples, int start, int length, Span<float> room)
    {
        if (!IsUnbounded)
            return samples.Density.AsSpan(start, length);

        var (origin, direction) = rays.Ray(ray);
        for (var i = 0; i < length; i++)
            room[i] = samples.Density[start + i] * _marcher.StretchAt(origin, direction, samples.Distance[start + i]);
        return room;
    }

    private void BackwardRay(RenderedRays rays, int ray, ImageGradients gradients, int solidRays, int seenRays)
    {
        var (start, length) = (_samples.RayStart[ray], rays.Used[ray]);
        Span<float> weights = stackalloc float[length], weightGradient = stackalloc float[length];
        Span<float> density = _samples.Density.AsSpan(start, length), distance = _samples.Distance.AsSpan(start, length);
        Span<float> room = stackalloc float[IsUnbounded ? length : 0];
        Compositing.Weights(Stretched(rays, ray, _samples, start, length, room), _marcher.Step, weights);
        weightGradient.Clear();
        var opacity = rays.Images.Opacity[ray];
        Regularizers.AddWeightGradient(weights, distance, _marcher.Step, opacity, rays.Count, solidRays, weightGradient);
        var normalGradient = rays.Read(ray, gradients.Normals);
        if (gradients.Normals is not null)
            _surface.AddWeightGradient(start, normalGradient, weightGradient);

        Compositing.Backward(
            weights, weightGradient, _samples.Red.AsSpan(start, length), _samples.Green.AsSpan(start, length), _samples.Blue.AsSpan(start, length), distance,
            _marcher.Step, rays.Background(ray), rays.Read(ray, gradients.Color),
            (gradients.Opacity?[ray] ?? 0) + Regularizers.OpacityGradient(opacity, rays.Count), gradients.Depth?[ray] ?? 0, density);
        if (Options.ScaleNearGradients)
            for (var i = 0; i < length; i++)
                ScaleNear(start + i);
        if (IsUnbounded)
        {
            var (origin, direction) = rays.Ray(ray);
            for (var i = 0; i < length; i++)
                density[i] *= _marcher.StretchAt(origin, direction, distance[i]);
        }

        if (rays.NeedsNormals)
            _surface.Backward(rays, ray, _samples, start, weights, normalGradient, Regularizers.Orientation / seenRays);
    }

    private void ScaleNear(int sample)
    {
        var share = MathF.Min(1, _samples.Distance[sample] / Options.Radius);
        foreach (var plane in (ReadOnlySpan<float[]>)[_samples.Density, _samples.Red, _samples.Green, _samples.Blue])
            plane[sample] *= share * share;
    }

    private double SquaredNorm(Parameters parameters, string what) => RendererContract.Finite(Adam.SquaredNorm(parameters.Gradient, _parallel), what, Steps);

    private void UpdateOccupancy()
    {
        var cells = _occupancy.Opacity.Length;
        _probes.Allocate([cells], _field.Features);
        Parallel.For(0, cells, _parallel, cell =>
        {
            var probe = _occupancy.Probe(cell, _seed, Steps);
            (_probes.X[cell], _probes.Y[cell], _probes.Z[cell]) = (probe.X, probe.Y, probe.Z);
        });
        _field.Evaluate(_probes);
        if (IsUnbounded)
            for (var cell = 0; cell < cells; cell++)
                _probes.Density[cell] *= _marcher.StretchAt(new Vector3(_probes.X[cell], _probes.Y[cell], _probes.Z[cell]));
        _occupancy.Update(_probes.Density.AsSpan(0, cells), _marcher.Step);
    }
}
