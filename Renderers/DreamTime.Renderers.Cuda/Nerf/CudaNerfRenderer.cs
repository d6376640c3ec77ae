using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>
/// A neural radiance field on a GPU: what <see cref="NerfRenderer"/> does, in the same places, with the same beginning and the same state, so that either can go on from
/// the other. Sums over samples are made in the order the GPU comes to them: their last bits differ from run to run.
/// </summary>
public sealed class CudaNerfRenderer : IRegularizedRays, IDensityField, ISolidStart, IDeviceRenderer, IDisposable
{
    private const int CountingBlocks = 128;

    private const int EvaluationRays = 1 << 15, Points = 1 << 18;

    private readonly IKernelDevice _device;
    private readonly CudaField _field;
    private readonly CudaOccupancy _occupancy;
    private readonly RayMarcher _marcher;
    private readonly CudaSamples _samples, _probes;
    private readonly CudaRays _rays, _evaluation;
    private readonly DeviceArray<float> _colorGradient, _opacityGradient, _depthGradient;
    private readonly long _seed;
    private bool _rendered;
    private Images? _images;

    /// <summary>A new, untrained field.</summary>
    /// <param name="device">What computes it; it must outlive this.</param>
    /// <param name="options">Shape and training. <see cref="NerfOptions.Threads"/> means nothing here.</param>
    /// <param name="seed">Of the initial values and the occupancy grid's probes.</param>
    /// <param name="tensorCores">Whether the network runs on tensor cores, in float32 accuracy; null where the device has them and the network has 32 or 64 neurons in at most two layers.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="NotSupportedException">The field is unbounded, which only the CPU's renderer has.</exception>
    /// <exception cref="CudaException">The device refuses.</exception>
    public CudaNerfRenderer(IKernelDevice device, NerfOptions options, long seed, bool? tensorCores = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Bounds == NerfBounds.Unbounded)
            throw new NotSupportedException("An unbounded NeRF is the CPU renderer's only.");
        (_device, Options, _seed) = (device, options, seed);
        _field = new CudaField(device, options, seed, tensorCores);
        _occupancy = new CudaOccupancy(device, options.OccupancyResolution);
        _marcher = new RayMarcher(options, new OccupancyGrid(0));
        (_samples, _probes) = (new CudaSamples(device, _field.Features), new CudaSamples(device, _field.Features));
        (_rays, _evaluation) = (new CudaRays(device), new CudaRays(device));
        (_colorGradient, _opacityGradient, _depthGradient) = (new(device), new(device), new(device));
    }

    /// <summary>Shape and training.</summary>
    public NerfOptions Options { get; }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The orientation is on, which only the CPU's renderer has.</exception>
    public NerfRegularizers Regularizers
    {
        get;
        set => field = value is { Orientation: 0 }
            ? value
            : throw new NotSupportedException("The regulariser orientation is the CPU renderer's only; leave it at 0 on a GPU.");
    } = NerfRegularizers.None;

    /// <inheritdoc/>
    public IKernelDevice Device => _device;

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <inheritdoc/>
    public float Radius => Options.Radius;

    internal CudaField Field => _field;

    internal CudaSamples Samples => _samples;

    internal CudaOccupancy Occupancy => _occupancy;

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        Check(cameras, settings);
        var images = new Images(cameras.Count, height, width);
        // The kept samples of a training render stay as they are: evaluation has its own.
        var (rays, samples, batch) = settings.Training ? (_rays, _samples, int.MaxValue) : (_evaluation, _probes, EvaluationRays);
        rays.Begin(cameras, height, width, settings, into: null);
        _field.Prepare();
        for (var first = 0; first < rays.Count; first += Math.Min(batch, rays.Count))
            Render(rays, samples, first, Math.Min(batch, rays.Count - first), settings);
        rays.Download(images);
        if (settings.Training)
            (_rendered, _images) = (true, images);
        return images;
    }

    /// <inheritdoc/>
    public void Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes into)
    {
        Check(cameras, settings);
        if (!settings.Training)
            throw new ArgumentException("What is rendered into memory of the device is a training render.", nameof(settings));
        if (into.Color == 0 || into.Opacity == 0 || into.Depth == 0)
            throw new ArgumentException($"Every part of the images needs a place, not {into}.", nameof(into));
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);

        _rays.Begin(cameras, height, width, settings, into);
        _field.Prepare();
        Render(_rays, _samples, 0, _rays.Count, settings);
        (_rendered, _images) = (true, null);
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        gradients.Validate(_images ?? throw NothingRendered());
        Backward(new DevicePlanes(
            Uploaded(_colorGradient, gradients.Color), Uploaded(_opacityGradient, gradients.Opacity), Uploaded(_depthGradient, gradients.Depth)));
    }

    /// <inheritdoc/>
    public void Backward(DevicePlanes gradients)
    {
        if (!_rendered)
            throw NothingRendered();
        Forget();
        CompositeBackward(gradients.Color, gradients.Opacity, gradients.Depth);
        _field.Backward(_samples);
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        if (!(learningRateScale >= 0 && float.IsFinite(learningRateScale)))
            throw new ArgumentOutOfRangeException(nameof(learningRateScale), learningRateScale, "A learning rate's scale is finite and at least 0.");

        var norm = Math.Sqrt(SquaredNorm(_field.Table, "hash grid") + SquaredNorm(_field.Weights, "network"));
        Steps++;
        _field.ActiveLevels = Options.LevelsAt(Steps);
        _field.Table.Step(Steps, Options.GridLearningRate * learningRateScale);
        _field.Weights.Step(Steps, Options.NetworkLearningRate * learningRateScale);
        Forget();
        if (_occupancy.Resolution > 0 && Steps % Options.OccupancyInterval == 0)
            UpdateOccupancy();
        return norm;
    }

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        if (density.Length != positions.Length)
            throw new ArgumentException($"There are {positions.Length} positions and room for {density.Length} densities.", nameof(density));
        if (color.Length != positions.Length && color.Length != 0)
            throw new ArgumentException($"There are {positions.Length} positions and room for {color.Length} colours.", nameof(color));

        _field.Prepare();
        for (var first = 0; first < positions.Length; first += Points)
        {
            var chunk = positions.Slice(first, Math.Min(Points, positions.Length - first));
            _probes.Reserve(chunk.Length);
            var planes = new float[3][];
            for (var axis = 0; axis < 3; axis++)
            {
                planes[axis] = new float[chunk.Length];
                for (var i = 0; i < chunk.Length; i++)
                    planes[axis][i] = _marcher.ToUnit(chunk[i])[axis];
            }

            _device.Upload<float>(planes[0], _probes.X.Address);
            _device.Upload<float>(planes[1], _probes.Y.Address);
            _device.Upload<float>(planes[2], _probes.Z.Address);
            _field.Evaluate(_probes);
            _probes.Density.Download(density.Slice(first, chunk.Length));
            for (var i = 0; i < chunk.Length; i++)
                if (!_marcher.Contains(chunk[i]))
                    density[first + i] = 0;
            if (color.Length == 0)
                continue;
            _probes.Red.Download(planes[0].AsSpan());
            _probes.Green.Download(planes[1].AsSpan());
            _probes.Blue.Download(planes[2].AsSpan());
            for (var i = 0; i < chunk.Length; i++)
                color[first + i] = new Vector3(planes[0][i], planes[1][i], planes[2][i]);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The CPU's renderer does it, once.</remarks>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        if (Steps > 0)
            throw new InvalidOperationException($"A field starts as a solid before its first step; {Steps} were taken.");

        var solid = new NerfRenderer(Options, _seed);
        solid.StartAs(shape, steps);
        _field.Table.Values.Upload(solid.Field.Table.Values);
        _field.Weights.Values.Upload(solid.Field.Weights.Values);
        Forget();
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream)
    {
        var arrays = Arrays().Select(array => new float[array.Length]).ToArray();
        foreach (var (array, copy) in Arrays().Zip(arrays))
            array.Values?.Download(copy);
        NerfState.Write(stream, Options, Steps, arrays);
    }

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        var arrays = Arrays().Select(array => new float[array.Length]).ToArray();
        Steps = NerfState.Read(stream, Options, arrays);
        _field.ActiveLevels = Options.LevelsAt(Steps);
        foreach (var (array, copy) in Arrays().Zip(arrays))
            array.Values?.Upload(copy);
        Forget();
        if (_occupancy.Resolution > 0 && Steps >= Options.OccupancyInterval)
            _occupancy.Update(null, _marcher.Step);
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_field, _occupancy, _samples, _probes, _rays, _evaluation, _colorGradient, _opacityGradient, _depthGradient])
            part.Dispose();
    }

    /// <summary>The last training render's backward pass up to the samples, from gradients on the device; 0 for none.</summary>
    internal void CompositeBackward(nint color, nint opacity, nint depth)
    {
        var kernel = Regularizers.UsesWeights || Regularizers.Distortion != 0 ? NerfKernels.CompositeBackwardWithLosses : NerfKernels.CompositeBackward;
        if (Regularizers.UsesWeights)
            _device.Launch(NerfKernels.CountSolid, Math.Min(CountingBlocks, NerfKernels.CountSolid.BlocksFor(_rays.Count)), _rays.Planes.Opacity, _rays.Count, _rays.Solid);
        _device.Launch(
            kernel, kernel.BlocksFor((long)NerfKernels.LanesPerRay * _rays.Count),
            _samples.RayStart, _rays.Used, _samples.Weights, _samples.Density, _samples.Red, _samples.Green, _samples.Blue, _samples.Distance, _marcher.Step,
            _rays.Backgrounds, _rays.Count, _rays.Pixels, _rays.Planes.Opacity, color, opacity, depth,
            Regularizers.Sparsity / _rays.Count, Regularizers.Opaque / _rays.Count, Regularizers.ZVariance, Regularizers.Entropy, Regularizers.Distortion / _rays.Count, _rays.Solid);
    }

    internal void Place(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings)
    {
        samples.Counts.Reserve(count);
        samples.RayStart.Reserve(count + 1);
        March(0);
        _device.Launch(NerfKernels.PrefixSum, 1, samples.Counts, count, samples.RayStart);
        Span<int> total = [0];
        _device.Download(samples.RayStart.At(count), total);
        samples.Reserve(total[0]);
        if (total[0] > 0)
            March(samples.RayStart.Address);

        void March(nint starts) => _device.Launch(
            NerfKernels.March, NerfKernels.March.BlocksFor(32L * count),
            rays.Cameras, first, count, rays.Pixels, rays.Width, settings.Seed, settings.Training ? 1 : 0, Options.Radius, _marcher.Step,
            Options.Bounds == NerfBounds.Box ? 1 : 0, _marcher.MaxSamples, _occupancy.Occupied, _occupancy.Resolution, samples.Counts, starts,
            samples.X, samples.Y, samples.Z, samples.Distance);
    }

    internal void Composite(CudaRays rays, CudaSamples samples, int first, int count, bool training) => _device.Launch(
        NerfKernels.CompositeForward, NerfKernels.CompositeForward.BlocksFor((long)NerfKernels.LanesPerRay * count),
        samples.RayStart, samples.Density, samples.Red, samples.Green, samples.Blue, samples.Distance, _marcher.Step, Options.EarlyStop,
        rays.Backgrounds, first, count, rays.Pixels, rays.Planes.Color, rays.Planes.Opacity, rays.Planes.Depth, rays.Used, training ? samples.Weights.Address : 0);

    internal CudaRays TrainingRays => _rays;

    private static void Check(IReadOnlyList<Camera> cameras, RenderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(settings);
        if (cameras.Count == 0)
            throw new ArgumentException("There is no camera to render from.", nameof(cameras));
        if (settings.Normals || settings.IsLit)
            throw new NotSupportedException("Normals and light are the CPU renderer's only; on a GPU the shading is albedo.");
    }

    private static InvalidOperationException NothingRendered() => new("Backward follows a Render with RenderSettings.Training, once.");

    private void Forget() => (_rendered, _images) = (false, null);

    private void Render(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings)
    {
        Place(rays, samples, first, count, settings);
        _field.Evaluate(samples);
        Composite(rays, samples, first, count, settings.Training);
    }

    private static nint Uploaded(DeviceArray<float> to, float[]? from)
    {
        if (from is null)
            return 0;
        to.Upload(from);
        return to.Address;
    }

    private double SquaredNorm(CudaParameters parameters, string what)
    {
        var sum = parameters.SquaredNorm();
        return double.IsFinite(sum) ? sum : throw new NotFiniteNumberException($"The gradient of the {what} is not finite after step {Steps}.", sum);
    }

    private void UpdateOccupancy()
    {
        _occupancy.Probe(_probes, _seed, Steps);
        _field.Prepare();
        _field.Evaluate(_probes);
        _occupancy.Update(_probes.Density, _marcher.Step);
    }

    /// <summary>What the state holds, in its order. A grid without cells has an array without numbers.</summary>
    private IEnumerable<(DeviceArray<float>? Values, int Length)> Arrays()
    {
        foreach (var parameters in (CudaParameters[])[_field.Table, _field.Weights])
            foreach (var array in parameters.Arrays)
                yield return (array, parameters.Count);
        yield return (_occupancy.Cells > 0 ? _occupancy.Opacity : null, _occupancy.Cells);
    }
}
