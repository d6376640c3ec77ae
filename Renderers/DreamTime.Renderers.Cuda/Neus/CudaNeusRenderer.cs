namespace DreamTime.Renderers.Cuda;

/// <summary>NeuS on a GPU: <see cref="NeusRenderer"/>'s other half.</summary>
public sealed class CudaNeusRenderer : CudaRayRenderer
{
    private readonly CudaSurfaceSamples _training, _evaluation;
    private readonly DeviceArray<float> _density, _evaluatedDensity;
    private readonly DeviceArray<double> _eikonal;
    private readonly CudaParameters _variance;
    private bool _usesNormals;
    private float? _sharpness;

    /// <summary>An ellipsoid of no particular colour.</summary>
    /// <param name="device">What computes it; it must outlive this.</param>
    /// <param name="options">Shape and training. <see cref="NerfOptions.Threads"/> means nothing here.</param>
    /// <param name="seed">Of the initial values and the occupancy grid's probes.</param>
    /// <param name="tensorCores">Whether the network runs on tensor cores, in float32 accuracy; null where the device has them and the network has 32 or 64 neurons in at most two layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaNeusRenderer(IKernelDevice device, NeusOptions options, long seed, bool? tensorCores = null)
        : base(device ?? throw new ArgumentNullException(nameof(device)), Valid(options), seed, tensorCores, FieldHeadShape.Raw)
    {
        Options = options;
        (_training, _evaluation) = (NewSurface(), NewSurface());
        (_density, _evaluatedDensity, _eikonal) = (new(device), new(device), new(device, 1));
        _variance = new CudaParameters(device, 1);
        _variance.Values.Upload([options.InitialVariance]);
        Changed();

        // A distance rises outwards.
        CudaSurfaceSamples NewSurface() => new(device, Field.Features, outward: 1)
        {
            Analytic = options.NormalMethod == NormalMethod.Analytic ? new CudaAnalyticSlope(device, Field) : null,
        };
    }

    /// <summary>Shape and training.</summary>
    public NeusOptions Options { get; }

    /// <summary>1/s, per world unit: how sharply the opacity falls around the surface. At most a million. Waits for the device.</summary>
    public float Sharpness
    {
        get
        {
            if (_sharpness is { } known)
                return known;
            Span<float> variance = [0];
            _variance.Values.Download(variance);
            known = Math.Clamp(MathF.Exp(10 * variance[0]), 1e-6f, 1e6f);
            _sharpness = known;
            return known;
        }
    }

    /// <summary>mean (|gradient| - 1)^2 over the samples of the last training render; waits for the device.</summary>
    public double LastEikonal
    {
        get
        {
            Span<double> sum = [0];
            _eikonal.Download(sum);
            return Samples.Count == 0 ? 0 : sum[0] / Samples.Count;
        }
    }

    /// <inheritdoc/>
    public float? SurfaceDensity => DensityOf(0);

    internal CudaParameters Variance => _variance;

    /// <inheritdoc/>
    private protected override int EvaluationRays => 1 << 13;

    /// <inheritdoc/>
    private protected override IEnumerable<(CudaParameters Parameters, float LearningRate, string Name)> Learned =>
    [
        (Field.Table, Options.Field.GridLearningRate, "hash grid"), (Field.Weights, Options.Field.NetworkLearningRate, "network"),
        (_variance, Options.VarianceLearningRate, "variance"),
    ];

    private float Annealing => Options.CosineAnnealingSteps == 0 ? 1 : Math.Min(1, (float)Steps / Options.CosineAnnealingSteps);

    /// <inheritdoc/>
    /// <remarks>The CPU's renderer does it, once.</remarks>
    public override void StartAs(SignedShape shape, int steps = 400)
    {
        RendererContract.CheckStart(shape, steps, Steps);
        var solid = new NeusRenderer(Options, Seed);
        solid.StartAs(shape, steps);
        Field.Table.Values.Upload(solid.Field.Table.Values);
        Field.Weights.Values.Upload(solid.Field.Weights.Values);
        Changed();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var part in (IDisposable[])[_training, _evaluation, _density, _evaluatedDensity, _eikonal, _variance])
            part.Dispose();
    }

    /// <inheritdoc/>
    private protected override void Look(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings)
    {
        var (surface, density) = settings.Training ? (_training, _density) : (_evaluation, _evaluatedDensity);
        density.Reserve(Math.Max(1, samples.Stride));
        if (settings.Training)
            _eikonal.Clear();
        Evaluate(samples);
        var moved = PrepareSlopes(surface, samples);
        Device.Launch(
            NeusKernels.Forward, NeusKernels.Forward.BlocksFor((long)NeusKernels.LanesPerRay * count),
            rays.Cameras, first, count, rays.Pixels, rays.Width, samples.RayStart, samples.Density, moved, samples.Count, Options.NormalEpsilon,
            Marcher.Step, Sharpness, Annealing, surface.Slopes.Values, density, settings.Training ? _eikonal.Address : 0);
        surface.Shade(rays, samples, first, count);
        Compositor.Forward(rays, samples, density, first, count, keepWeights: settings.Training || rays.HasNormals);
        surface.Composite(rays, samples, first, count);
        if (settings.Training)
            _usesNormals = UsesNormals(rays);
    }

    /// <inheritdoc/>
    private protected override void BackwardRays(DevicePlanes gradients, nint normals)
    {
        Compositor.Backward(TrainingRays, Samples, _density, gradients, Regularizers, _training.WeightGradient(TrainingRays, Samples, normals));
        if (_usesNormals)
            _training.Backward(TrainingRays, Samples, normals, Regularizers.Orientation);
        else if (_training.Analytic is not null)
            _training.ClearGradient(Samples);
        var (analytic, moved) = (_training.Analytic, _training.Slopes.Moved.Density);
        Device.Launch(
            NeusKernels.Backward, NeusKernels.Backward.BlocksFor((long)NeusKernels.LanesPerRay * TrainingRays.Count),
            TrainingRays.Cameras, TrainingRays.Count, TrainingRays.Pixels, TrainingRays.Width, Samples.RayStart, TrainingRays.Used, _training.Slopes.Values, Samples.Count,
            Options.NormalEpsilon, Marcher.Step, Sharpness, Annealing, 2 * (Regularizers.Eikonal ?? Options.Eikonal) / Samples.Count,
            _density, _usesNormals || analytic is not null ? _training.Gradient.Address : 0, Samples.Density, analytic is null ? moved.Address : 0, _variance.Gradient);
        if (analytic is null)
            Field.Backward(_training.Slopes.WithoutColors());
        else
            analytic.Backward(Samples, _training.Gradient);
        Field.Backward(Samples);
    }

    /// <inheritdoc/>
    private protected override void Evaluate(CudaSamples samples)
    {
        if (samples.Count == 0)
            return;
        Field.Evaluate(samples);
        AddEllipsoid(NeusKernels.Ellipsoid, samples, samples.Density);
    }

    /// <inheritdoc/>
    private protected override void EvaluateDensity(CudaSamples samples)
    {
        Evaluate(samples);
        Device.Launch(NeusKernels.Density, NeusKernels.Density.BlocksFor(samples.Count), samples.Density, samples.Count, Marcher.Step, Sharpness);
    }

    /// <inheritdoc/>
    private protected override float DensityOf(float value) => 1 / (1 + MathF.Exp(20 / Radius * value));

    /// <inheritdoc/>
    private protected override void Changed()
    {
        base.Changed();
        _sharpness = null;
    }

    /// <summary>Fills the slopes, or evaluates the moved samples that they are differences to, and returns where their values are; 0 for filled ones.</summary>
    private nint PrepareSlopes(CudaSurfaceSamples surface, CudaSamples samples)
    {
        if (surface.Analytic is { } analytic)
        {
            analytic.Fill(samples, surface.Slopes.Values);
            if (samples.Count > 0)
                AddEllipsoid(NeusKernels.EllipsoidSlope, samples, surface.Slopes.Values);
            return 0;
        }

        surface.Slopes.Begin(samples, Options.NormalEpsilon / (2 * Radius));
        Evaluate(surface.Slopes.Moved);
        return surface.Slopes.Moved.Density.Address;
    }

    /// <summary>Adds the distance to the ellipsoid that the surface starts as, or its slope.</summary>
    private void AddEllipsoid(Kernel kernel, CudaSamples samples, DeviceArray<float> to)
    {
        var radii = Options.InitialRadii;
        Device.Launch(kernel, kernel.BlocksFor(samples.Count), samples.X, samples.Y, samples.Z, samples.Count, Radius, radii.X, radii.Y, radii.Z, to);
    }

    private static NerfOptions Valid(NeusOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options.Field;
    }
}
