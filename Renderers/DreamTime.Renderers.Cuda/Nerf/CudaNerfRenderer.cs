namespace DreamTime.Renderers.Cuda;

/// <summary>A neural radiance field on a GPU: <see cref="NerfRenderer"/>'s other half.</summary>
public sealed class CudaNerfRenderer : CudaRayRenderer
{
    private readonly CudaSurfaceSamples _training, _evaluation;
    private readonly DeviceArray<float> _stretched;
    private bool _usesNormals;

    /// <summary>A new, untrained field.</summary>
    /// <param name="device">What computes it; it must outlive this.</param>
    /// <param name="options">Shape and training. <see cref="NerfOptions.Threads"/> means nothing here.</param>
    /// <param name="seed">Of the initial values and the occupancy grid's probes.</param>
    /// <param name="tensorCores">Whether the network runs on tensor cores, in float32 accuracy; null where the device has them and the network has 32 or 64 neurons in at most two layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaNerfRenderer(IKernelDevice device, NerfOptions options, long seed, bool? tensorCores = null)
        : base(device ?? throw new ArgumentNullException(nameof(device)), Valid(options), seed, tensorCores, head: null)
    {
        Options = options;
        _stretched = new DeviceArray<float>(device);
        (_training, _evaluation) = (NewSurface(), NewSurface());

        // A density falls outwards.
        CudaSurfaceSamples NewSurface() => new(device, Field.Features, outward: -1)
        {
            Analytic = options.NormalMethod == NormalMethod.Analytic ? new CudaAnalyticSlope(device, Field) : null,
        };
    }

    /// <summary>Shape and training.</summary>
    public NerfOptions Options { get; }

    private bool IsUnbounded => Options.Bounds == NerfBounds.Unbounded;

    /// <inheritdoc/>
    private protected override int EvaluationRays => 1 << 15;

    /// <inheritdoc/>
    private protected override IEnumerable<(CudaParameters Parameters, float LearningRate, string Name)> Learned =>
        [(Field.Table, Options.GridLearningRate, "hash grid"), (Field.Weights, Options.NetworkLearningRate, "network")];

    /// <inheritdoc/>
    /// <remarks>The CPU's renderer does it, once.</remarks>
    public override void StartAs(SignedShape shape, int steps = 400)
    {
        RendererContract.CheckStart(shape, steps, Steps);
        var solid = new NerfRenderer(Options, Seed);
        solid.StartAs(shape, steps);
        Field.Table.Values.Upload(solid.Field.Table.Values);
        Field.Weights.Values.Upload(solid.Field.Weights.Values);
        Changed();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _stretched.Dispose();
        _training.Dispose();
        _evaluation.Dispose();
    }

    /// <inheritdoc/>
    private protected override void Look(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings)
    {
        var (surface, usesNormals) = (settings.Training ? _training : _evaluation, UsesNormals(rays));
        Field.Evaluate(samples);
        if (usesNormals)
        {
            FillSlopes(surface, samples);
            surface.Shade(rays, samples, first, count);
        }

        Compositor.Forward(rays, samples, Stretched(samples), first, count, keepWeights: settings.Training || rays.HasNormals);
        if (usesNormals)
            surface.Composite(rays, samples, first, count);
        if (settings.Training)
            _usesNormals = usesNormals;
    }

    /// <inheritdoc/>
    private protected override void BackwardRays(DevicePlanes gradients, nint normals)
    {
        Compositor.Backward(TrainingRays, Samples, Samples.Density, gradients, Regularizers, _training.WeightGradient(TrainingRays, Samples, normals));
        BackwardStretch();
        if (_usesNormals)
        {
            _training.Backward(TrainingRays, Samples, normals, Regularizers.Orientation);
            BackwardSlopes();
        }

        Field.Backward(Samples);
    }

    /// <inheritdoc/>
    private protected override void Evaluate(CudaSamples samples) => Field.Evaluate(samples);

    /// <inheritdoc/>
    private protected override void EvaluateDensity(CudaSamples samples)
    {
        Field.Evaluate(samples);
        if (IsUnbounded)
            Device.Launch(NerfKernels.UnboundedProbes, NerfKernels.UnboundedProbes.BlocksFor(samples.Count), samples.X, samples.Y, samples.Z, samples.Count, samples.Density);
    }

    /// <inheritdoc/>
    private protected override float DensityOf(float value) => value;

    /// <summary>The densities, for intervals of one step: those of unbounded rays are times how much longer their intervals are.</summary>
    private DeviceArray<float> Stretched(CudaSamples samples)
    {
        if (!IsUnbounded)
            return samples.Density;
        _stretched.Reserve(Math.Max(1, samples.Stride));
        Device.Launch(NerfKernels.UnboundedStretch, NerfKernels.UnboundedStretch.BlocksFor(samples.Count), samples.Density, samples.Stretch, samples.Count, _stretched);
        return _stretched;
    }

    private void BackwardStretch()
    {
        if (IsUnbounded || Options.ScaleNearGradients)
            Device.Launch(
                NerfKernels.UnboundedGradients, NerfKernels.UnboundedGradients.BlocksFor(Samples.Count),
                Samples.Distance, IsUnbounded ? Samples.Stretch.Address : 0, Samples.Count, Options.ScaleNearGradients ? Options.Radius : 0,
                Samples.Density, Samples.Red, Samples.Green, Samples.Blue);
    }

    private void FillSlopes(CudaSurfaceSamples surface, CudaSamples samples)
    {
        if (surface.Analytic is { } analytic)
        {
            analytic.Fill(samples, surface.Slopes.Values);
            return;
        }

        surface.Slopes.Begin(samples, Options.NormalEpsilon / (2 * Radius));
        Field.Evaluate(surface.Slopes.Moved);
        Device.Launch(
            NerfKernels.SurfaceSlopes, NerfKernels.SurfaceSlopes.BlocksFor(3L * samples.Count),
            samples.Density, surface.Slopes.Moved.Density, samples.Count, Options.NormalEpsilon, surface.Slopes.Values);
    }

    private void BackwardSlopes()
    {
        if (_training.Analytic is { } analytic)
        {
            analytic.Backward(Samples, _training.Gradient);
            return;
        }

        Device.Launch(
            NerfKernels.SurfaceTapsBackward, NerfKernels.SurfaceTapsBackward.BlocksFor(Samples.Count),
            _training.Gradient, Samples.Count, Options.NormalEpsilon, Samples.Density, _training.Slopes.Moved.Density);
        Field.Backward(_training.Slopes.WithoutColors());
    }

    private static NerfOptions Valid(NerfOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }
}
