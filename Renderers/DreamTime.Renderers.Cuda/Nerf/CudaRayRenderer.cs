using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>
/// A field on a GPU that is sampled along rays: what <see cref="CudaNerfRenderer"/> and <see cref="CudaNeusRenderer"/> have in common. It renders what the CPU's renderers do, in the same
/// places, with the same beginning and the same state, so that either can go on from the other. Sums over samples are made in the order the GPU comes to them: their last bits differ from
/// run to run.
/// </summary>
public abstract class CudaRayRenderer : IRegularizedRays, IDensityField, ISolidStart, IDeviceRenderer, IDisposable
{
    private readonly CudaRays _rays, _evaluation;
    private readonly CudaImageGradients _gradients;
    private readonly CudaGradientNorm _norm;
    private readonly NerfOptions _options;
    private bool _rendered;
    private Images? _images;

    private protected CudaRayRenderer(IKernelDevice device, NerfOptions options, long seed, bool? tensorCores, FieldHeadShape? head)
    {
        (Device, _options, Seed) = (device, options, seed);
        Field = new CudaField(device, options, seed, tensorCores, head);
        Occupancy = new CudaOccupancy(device, options.OccupancyResolution);
        Marcher = new CudaMarcher(device, options, Occupancy);
        Compositor = new CudaCompositor(device, options, Marcher.Step);
        (Samples, Probes) = (new CudaSamples(device, Field.Features), new CudaSamples(device, Field.Features));
        (_rays, _evaluation) = (new CudaRays(device), new CudaRays(device));
        (_gradients, _norm) = (new CudaImageGradients(device), new CudaGradientNorm(device));
    }

    /// <inheritdoc/>
    public IKernelDevice Device { get; }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The spatial smoothness of normals is on, which only the CPU has.</exception>
    public NerfRegularizers Regularizers
    {
        get;
        set => field = value is { SpatialNormalSmoothness: 0 }
            ? value
            : throw new NotSupportedException("The regularizer spatial-normal-smoothness is the CPU renderer's only: leave it out, or render on the CPU.");
    } = NerfRegularizers.None;

    /// <inheritdoc/>
    /// <remarks>Unbounded space has none: the field's slope is that of contracted space.</remarks>
    public bool HasNormals => _options.Bounds != NerfBounds.Unbounded;

    /// <summary>Optimiser steps taken.</summary>
    public int Steps { get; private set; }

    /// <inheritdoc/>
    public float Radius => _options.Radius;

    internal CudaField Field { get; }

    internal CudaSamples Samples { get; }

    internal CudaOccupancy Occupancy { get; }

    internal CudaMarcher Marcher { get; }

    internal CudaCompositor Compositor { get; }

    internal CudaRays TrainingRays => _rays;

    private protected CudaSamples Probes { get; }

    private protected long Seed { get; }

    /// <summary>Rays of an evaluation that are under way together.</summary>
    private protected abstract int EvaluationRays { get; }

    /// <summary>What is learned, with its learning rate and its name, in the order of the state.</summary>
    private protected abstract IEnumerable<(CudaParameters Parameters, float LearningRate, string Name)> Learned { get; }

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        RendererContract.CheckRender(cameras, settings);
        var images = new Images(cameras.Count, height, width, settings.Normals);
        // The kept samples of a training render stay as they are: evaluation has its own.
        var (rays, samples, batch) = settings.Training ? (_rays, Samples, int.MaxValue) : (_evaluation, Probes, EvaluationRays);
        rays.Begin(cameras, height, width, settings, into: null);
        Field.Prepare();
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
        RendererContract.CheckRender(cameras, settings);
        into.CheckRender(height, width, settings);

        _rays.Begin(cameras, height, width, settings, into);
        Field.Prepare();
        Render(_rays, Samples, 0, _rays.Count, settings);
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
        Field.ActiveLevels = _options.LevelsAt(Steps);
        foreach (var (parameters, learningRate, _) in Learned)
            parameters.Step(Steps, learningRate * learningRateScale);
        Changed();
        if (Occupancy.Resolution > 0 && Steps % _options.OccupancyInterval == 0)
        {
            Occupancy.Probe(Probes, Seed, Steps);
            Field.Prepare();
            EvaluateDensity(Probes);
            Occupancy.Update(Probes.Density, Marcher.Step);
        }

        return norm;
    }

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        Field.Prepare();
        CudaFieldQuery.Run(Device, Marcher, Probes, Evaluate, DensityOf, positions, density, color);
    }

    /// <inheritdoc/>
    public abstract void StartAs(SignedShape shape, int steps = 400);

    /// <inheritdoc/>
    public void WriteState(Stream stream)
    {
        var arrays = Arrays().Select(array => new float[array.Length]).ToArray();
        foreach (var (array, copy) in Arrays().Zip(arrays))
            array.Values?.Download(copy);
        NerfState.Write(stream, _options, Steps, arrays);
    }

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        var arrays = Arrays().Select(array => new float[array.Length]).ToArray();
        Steps = NerfState.Read(stream, _options, arrays);
        Field.ActiveLevels = _options.LevelsAt(Steps);
        foreach (var (array, copy) in Arrays().Zip(arrays))
            array.Values?.Upload(copy);
        Changed();
        if (Occupancy.Resolution > 0 && Steps >= _options.OccupancyInterval)
            Occupancy.Update(null, Marcher.Step);
    }

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the device's memory.</summary>
    /// <param name="disposing">Always true: there is no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var part in (IDisposable[])[Field, Occupancy, Samples, Probes, _rays, _evaluation, _gradients, _norm])
            part.Dispose();
    }

    /// <summary>Fills the images at some rays, whose samples are placed.</summary>
    private protected abstract void Look(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings);

    /// <summary>Adds to the gradients of what is learned, through the last training render.</summary>
    private protected abstract void BackwardRays(DevicePlanes gradients, nint normals);

    /// <summary>Fills in the values and colours of samples.</summary>
    private protected abstract void Evaluate(CudaSamples samples);

    /// <summary>Fills in densities, for the occupancy grid.</summary>
    private protected abstract void EvaluateDensity(CudaSamples samples);

    /// <summary>From a value to the density that the surface is found in.</summary>
    private protected abstract float DensityOf(float value);

    /// <summary>What is learned has changed: what was rendered is of the past.</summary>
    private protected virtual void Changed() => Forget();

    /// <summary>What the state holds, in its order. A grid without cells has an array without numbers.</summary>
    private IEnumerable<(DeviceArray<float>? Values, int Length)> Arrays()
    {
        foreach (var (parameters, _, _) in Learned)
            foreach (var array in parameters.Arrays)
                yield return (array, parameters.Count);
        yield return (Occupancy.Cells > 0 ? Occupancy.Opacity : null, Occupancy.Cells);
    }

    private void BackwardOnce(DevicePlanes gradients, nint normals)
    {
        if (!_rendered)
            throw RendererContract.NothingRendered();
        Forget();
        if (Samples.Count == 0)
            return;
        if (Regularizers.UsesNormals)
            Compositor.CountAbove(_rays, 0, _rays.Seen);
        BackwardRays(gradients, normals);
    }

    /// <summary>Whether what rays see, or a loss on it, depends on normals.</summary>
    private protected bool UsesNormals(CudaRays rays) => rays.HasNormals || rays.IsLit || (rays == _rays && Regularizers.UsesNormals);

    private void Forget() => (_rendered, _images) = (false, null);

    private void Render(CudaRays rays, CudaSamples samples, int first, int count, RenderSettings settings)
    {
        if (!HasNormals && UsesNormals(rays))
            throw new NotSupportedException("An unbounded NeRF has no normals: neither light nor losses on them.");
        Marcher.Place(rays, samples, first, count, settings);
        Look(rays, samples, first, count, settings);
    }
}
