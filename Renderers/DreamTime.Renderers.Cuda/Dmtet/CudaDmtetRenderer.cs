using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>
/// DMTet on a GPU: <see cref="DmtetRenderer"/>'s other half, with the same beginning, the same triangles and the same state, so that either can go on from the other. It shows the albedo, under point lights where they are asked for.
/// Sums are made in the order the GPU comes to them: their last bits differ from run to run.
/// </summary>
public sealed class CudaDmtetRenderer : IDeviceRenderer, IDensityField, ISolidStart, IRegularizedSurface, IDisposable
{
    private readonly DmtetRenderer _host;
    private readonly CudaSurface _surface;
    private readonly CudaSurfaceViews _training, _evaluation;
    private readonly CudaSurfaceLosses _losses;
    private readonly CudaImageGradients _gradients;
    private readonly CudaGradientNorm _norm;
    private bool _isMarched, _isHostNew = true, _rendered;
    private Images? _images;

    /// <summary>An ellipsoid of no particular colour.</summary>
    /// <param name="device">What computes it; it must outlive this.</param>
    /// <param name="options">Shape and training.</param>
    /// <param name="seed">Of the material's initial values.</param>
    /// <param name="tensorCores">Whether the material's network runs on tensor cores, in float32 accuracy; null where the device has them and the network fits.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="NotSupportedException">There is an environment light, which only the CPU's renderer has.</exception>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaDmtetRenderer(IKernelDevice device, DmtetOptions options, long seed, bool? tensorCores = null)
        : this(device, new DmtetRenderer(options, seed), tensorCores)
    {
    }

    /// <summary>Goes on from where a renderer on the CPU is, its optimiser's state apart. From then on it belongs to this.</summary>
    /// <param name="device">What computes it; it must outlive this.</param>
    /// <param name="host">Where it begins.</param>
    /// <param name="tensorCores">Whether the material's network runs on tensor cores, in float32 accuracy; null where the device has them and the network fits.</param>
    /// <exception cref="NotSupportedException">There is an environment light, which only the CPU's renderer has.</exception>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaDmtetRenderer(IKernelDevice device, DmtetRenderer host, bool? tensorCores = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(host);
        if (host.Options.Light is not null)
            throw new NotSupportedException("An environment light is the CPU renderer's only; a DMTet on a GPU shows its albedo.");

        (Device, _host, Regularizers) = (device, host, host.Regularizers);
        Field = new CudaField(device, host.Options.Field, seed: 0, tensorCores, FieldHeadShape.Color) { ActiveLevels = host.Options.Field.Levels };
        (Distance, Move) = (new CudaParameters(device, host.Grid.Vertices), new CudaParameters(device, 3 * host.Grid.Vertices));
        _surface = new CudaSurface(device, host.Grid);
        (_training, _evaluation, _losses) = (new(device, Field.Features), new(device, Field.Features), new(device));
        (_gradients, _norm) = (new CudaImageGradients(device), new CudaGradientNorm(device));
        TakeOver();
    }

    /// <inheritdoc/>
    public IKernelDevice Device { get; }

    /// <summary>Shape and training.</summary>
    public DmtetOptions Options => _host.Options;

    /// <summary>Added to the loss in every backward pass; may change from step to step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public DmtetRegularizers Regularizers
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            field = value;
        }
    }

    DmtetRegularizers IRegularizedSurface.SurfaceRegularizers
    {
        get => Regularizers;
        set => Regularizers = value;
    }

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <summary>Triangles of the surface as it is now; 0 where nothing, or everything, is inside.</summary>
    public int TriangleCount => Current().TriangleCount;

    /// <inheritdoc/>
    public bool HasNormals => true;

    /// <inheritdoc/>
    public float Radius => _host.Radius;

    /// <inheritdoc/>
    public float? SurfaceDensity => _host.SurfaceDensity;

    internal CudaField Field { get; }

    internal CudaParameters Distance { get; }

    internal CudaParameters Move { get; }

    internal CudaSurfaceViews TrainingViews => _training;

    private IEnumerable<(CudaParameters Parameters, float LearningRate, string Name)> Learned =>
    [
        (Distance, Options.DistanceLearningRate * _host.Grid.Spacing, "distances"), (Move, Options.MoveLearningRate, "lattice's moves"),
        (Field.Table, Options.Field.GridLearningRate, "hash grid"), (Field.Weights, Options.Field.NetworkLearningRate, "network"),
    ];

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);
        var images = new Images(cameras.Count, height, width, settings.Normals);
        var views = settings.Training ? _training : _evaluation;
        var planes = Render(views, cameras, height, width, settings, null);
        Device.Download<float>(planes.Color, images.Color);
        Device.Download<float>(planes.Opacity, images.Opacity);
        Device.Download<float>(planes.Depth, images.Depth);
        if (images.Normals is { } normals)
            views.Normals.Download(normals);
        if (settings.Training)
            (_rendered, _images) = (true, images);
        return images;
    }

    /// <inheritdoc/>
    public void Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes into)
    {
        RendererContract.CheckRender(cameras, settings);
        into.CheckRender(height, width, settings);

        Render(_training, cameras, height, width, settings, into);
        (_rendered, _images) = (true, null);
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        gradients.Validate(_images ?? throw RendererContract.NothingRendered());
        BackwardOnce(_gradients.Upload(gradients), _gradients.UploadNormals(gradients));
    }

    /// <inheritdoc/>
    public void Backward(DevicePlanes gradients) => BackwardOnce(gradients, normals: 0);

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        RendererContract.CheckStep(learningRateScale);
        var norm = _norm.Of([.. Learned.Select(part => (part.Parameters, part.Name))], Steps);
        Steps++;
        foreach (var (parameters, learningRate, _) in Learned)
            parameters.Step(Steps, learningRate * learningRateScale);
        Changed();
        return norm;
    }

    /// <summary>Takes the solid's signed distance over as it is, at every vertex of the grid: no fit, so the number of steps does not matter.</summary>
    /// <inheritdoc cref="ISolidStart.StartAs"/>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        RendererContract.CheckStart(shape, steps, Steps);
        Host().StartAs(shape, steps);
        TakeOver();
    }

    /// <inheritdoc/>
    /// <remarks>The CPU's renderer answers.</remarks>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color) => Host().Query(positions, density, color);

    /// <inheritdoc/>
    /// <remarks>The CPU's renderer answers.</remarks>
    public Mesh? Surface() => Host().Surface();

    /// <inheritdoc/>
    public void WriteState(Stream stream)
    {
        var arrays = Arrays().Select(array => new float[array.Length]).ToArray();
        foreach (var (array, copy) in Arrays().Zip(arrays))
            array.Download(copy);
        NerfState.Write(stream, Options.Field, Steps, arrays);
    }

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        var arrays = Arrays().Select(array => new float[array.Length]).ToArray();
        Steps = NerfState.Read(stream, Options.Field, arrays);
        foreach (var (array, copy) in Arrays().Zip(arrays))
            array.Upload(copy);
        Changed();
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        foreach (var part in (IDisposable[])[Field, Distance, Move, _surface, _training, _evaluation, _losses, _gradients, _norm])
            part.Dispose();
    }

    /// <summary>Adds the gradients of the losses on the surface, and hands those of its normals on to its positions.</summary>
    internal void AddLosses()
    {
        _losses.Add(Current(), Distance, Regularizers);
        if (_training.UsesNormals || Regularizers.NormalConsistency > 0)
            Current().BackwardNormals();
    }

    private IEnumerable<DeviceArray<float>> Arrays() => Learned.SelectMany(part => part.Parameters.Arrays);

    private DevicePlanes Render(CudaSurfaceViews views, IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes? into)
    {
        var surface = Current();
        Field.Prepare();
        return views.Render(surface, Field, cameras, height, width, settings, into);
    }

    /// <summary>The surface as it is now.</summary>
    internal CudaSurface Current()
    {
        if (!_isMarched)
            _surface.March(Distance, Move);
        _isMarched = true;
        return _surface;
    }

    /// <summary>The renderer on the CPU, with what is learned as it is now.</summary>
    private DmtetRenderer Host()
    {
        if (_isHostNew)
            return _host;
        foreach (var (here, there) in Pairs())
            here.Values.Download(there.Values);
        _host.Forget();
        _isHostNew = true;
        return _host;
    }

    private void TakeOver()
    {
        foreach (var (here, there) in Pairs())
            here.Values.Upload(there.Values);
        Changed();
        _isHostNew = true;
    }

    private (CudaParameters Here, Parameters There)[] Pairs() =>
        [(Distance, _host.Distance), (Move, _host.Move), (Field.Table, _host.Material.Table), (Field.Weights, _host.Material.Weights)];

    private void Changed() => (_isMarched, _isHostNew, _rendered, _images) = (false, false, false, null);

    private void BackwardOnce(DevicePlanes gradients, nint normals)
    {
        if (!_rendered)
            throw RendererContract.NothingRendered();
        (_rendered, _images) = (false, null);
        var surface = Current();
        if (surface.TriangleCount == 0)
            return;

        surface.ClearGradients();
        _training.Backward(surface, Field, gradients, normals);
        AddLosses();
        surface.Backward(Distance, Move);
    }
}
