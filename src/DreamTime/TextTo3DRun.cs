using System.Numerics;
using System.Runtime.CompilerServices;
using DreamTime.Diffusion;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;
using DreamTime.Schedules;

namespace DreamTime;

/// <summary>A run in memory: advance it, look at it, take the mesh. It writes nothing; <see cref="TextTo3D.GenerateAsync"/> keeps a run folder.</summary>
public sealed class TextTo3DRun : IDisposable
{
    /// <summary>threestudio's, too.</summary>
    private const int LargestRenderSize = 64;

    /// <summary>A surface is rendered at twice the size of rays: its pixels cost less, and the prior sees the mean of four.</summary>
    private const int FineScale = 2;

    private const int RefineEvery = 20;

    private readonly PromptConditioning _conditioning;
    private readonly Distillation _distillation;
    private readonly CameraRanges _cameras;
    private readonly Prior _prior;
    private readonly int _size;

    internal TextTo3DRun(Prior prior, string prompt, TextTo3DOptions options)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(prompt);
        (Prompt, Options) = (prompt, options);
        Schedule = TextTo3D.ScheduleOf(prior, options).Compile(prior.Noise);
        _cameras = options.Cameras ?? CamerasOf(prior);
        var size = options.Representation == Representation.Image ? prior.ImageSize : options.RenderSize ?? Math.Min(prior.ImageSize, LargestRenderSize);
        if (options.Gpu is not null && !options.Representation.HasKernels())
            throw new ArgumentException($"The representation {options.Representation} is rendered on the CPU only.", nameof(options));
        if (options.Gpu is not null && options.Representation == Representation.Dmtet && options.Dmtet.Light is not null)
            throw new ArgumentException("A DMTet under an environment light is rendered on the CPU only.", nameof(options));
        (_prior, _size) = (prior, size);
        Renderer = options.Representation switch
        {
            Representation.Nerf when options.Gpu is { } gpu => new CudaNerfRenderer(gpu, options.Nerf, options.Seed),
            Representation.Nerf => new NerfRenderer(options.Nerf, options.Seed),
            Representation.Neus when options.Gpu is { } gpu => new CudaNeusRenderer(gpu, options.Neus, options.Seed),
            Representation.Neus => new NeusRenderer(options.Neus, options.Seed),
            Representation.Dmtet when options.CoarseShare > 0 => new RefinedRenderer(
                options.Gpu is { } gpu ? new CudaNerfRenderer(gpu, options.Nerf, options.Seed) : new NerfRenderer(options.Nerf, options.Seed),
                options.Dmtet, DmtetRegularizers.None, options.Seed, Placed(options.Gpu)),
            Representation.Dmtet => Placed(options.Gpu)(new DmtetRenderer(options.Dmtet, options.Seed)),
            Representation.Splats when options.Gpu is { } gpu => new CudaSplatRenderer(gpu, options.Splats, options.Seed),
            Representation.Splats => new SplatRenderer(options.Splats, options.Seed),
            Representation.Image => new PixelRenderer(size, size, seed: options.Seed),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Representation, "A representation is Nerf, Neus, Dmtet, Splats or Image."),
        };
        if (options.Light.Mode != ShadingMode.Albedo && !Renderer.HasNormals)
            throw new ArgumentException($"The representation {options.Representation} has no normals, so no light falls on it; its shading is Albedo.", nameof(options));

        if (options.Start is { } solid)
        {
            if (Renderer is not ISolidStart start)
                throw new ArgumentException($"The representation {options.Representation} does not start as a solid.", nameof(options));
            start.StartAs(solid);
        }

        _conditioning = new PromptConditioning(prior, prompt, options.ViewDependentPrompts && options.Representation != Representation.Image);
        _distillation = new Distillation(
            Renderer,
            new ScoreDistillation(prior.Denoiser, prior.Codec, options.Guidance, (prior.ImageSize, prior.ImageSize)),
            Schedule,
            new CameraSampler(_cameras, options.Seed),
            _conditioning,
            options,
            size)
        { Shared = Shared() };
    }

    /// <summary>What was asked for.</summary>
    public string Prompt { get; }

    /// <summary>The options of the run.</summary>
    public TextTo3DOptions Options { get; }

    /// <summary>The schedule, compiled on the prior's noise.</summary>
    public Schedule Schedule { get; }

    /// <summary>Steps done so far.</summary>
    public int StepsDone => _distillation.StepsDone;

    internal IRenderer Renderer { get; }

    /// <summary>Does the next step on the calling thread.</summary>
    /// <exception cref="InvalidOperationException">All steps are done, or a number was not finite.</exception>
    public StepReport Advance()
    {
        RefineWhenDue();
        return _distillation.Advance();
    }

    /// <summary>Does all remaining steps, each on the thread pool, and reports each as it ends.</summary>
    /// <param name="cancellation">Ends the run between two steps; what is done so far stays usable.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async IAsyncEnumerable<StepReport> OptimizeAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (!_distillation.Finished)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return await Task.Run(Advance, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Writes everything that a run with the same prior, prompt and options needs to go on exactly as an unbroken one: the step, a learned background, the renderer. Call it between steps.</summary>
    /// <param name="stream">Receives the bytes.</param>
    public void WriteState(Stream stream) => _distillation.WriteState(stream);

    /// <summary>Reads what <see cref="WriteState"/> wrote.</summary>
    /// <param name="stream">The bytes.</param>
    /// <exception cref="InvalidDataException">The state is damaged, or of other options. The run is not to be gone on with then.</exception>
    public void ReadState(Stream stream)
    {
        _distillation.ReadState(stream);
        _distillation.ImageSize = Renderer is RefinedRenderer { Fine: not null } ? FineScale * _size : _size;
        _distillation.Shared = Shared();
    }

    /// <summary>Renders the object as it is now, to look at.</summary>
    /// <param name="views">From where.</param>
    /// <param name="size">Width and height in pixels; an image run has one size and ignores it.</param>
    /// <param name="background">Display colour behind the object.</param>
    /// <param name="normals">Whether normals are wanted too; only where the representation has them.</param>
    /// <exception cref="NotSupportedException">Normals of an image.</exception>
    public Images Render(IReadOnlyList<View> views, int size, Vector3 background, bool normals = false)
    {
        ArgumentNullException.ThrowIfNull(views);
        var pixels = Renderer is PixelRenderer image ? image.Height : size;
        return Renderer.Render([.. views.Select(view => view.Camera)], pixels, pixels, RenderSettings.Evaluation(background) with { Normals = normals });
    }

    /// <summary>Evenly spaced views around the object, from a little above, at the distance the prior knows.</summary>
    /// <param name="count">How many, at least 1.</param>
    public IReadOnlyList<View> Around(int count) =>
        View.Around(count, Math.Clamp(15, _cameras.Elevation.From, _cameras.Elevation.To), _cameras.Distance.At(0.5), _cameras.FovY.At(0.5));

    /// <summary>The surface of the object as it is now, coloured at its vertices.</summary>
    /// <exception cref="InvalidOperationException">The run optimises an image, which has no surface.</exception>
    /// <exception cref="NoSurfaceException">There is no surface: nothing has formed.</exception>
    public Mesh ExtractMesh() => Renderer is IDensityField field
        ? field.Surface() ?? MarchingCubes.Extract(field, new MarchingCubesOptions { Resolution = Options.MeshResolution })
        : throw new InvalidOperationException("An image has no surface; optimise a NeRF to get a mesh.");

    /// <summary>The object as it is now as an asset: its surface, within the budget of triangles, with a baked texture.</summary>
    /// <param name="options">Triangles and texture; null for the run's own.</param>
    /// <exception cref="InvalidOperationException">The run optimises an image, which has no surface.</exception>
    /// <exception cref="NoSurfaceException">There is no surface: nothing has formed.</exception>
    /// <exception cref="AtlasTooSmallException">The surface has more pieces than the texture can keep apart.</exception>
    /// <exception cref="ArgumentException">The field is not finite somewhere.</exception>
    public Asset ExtractAsset(AssetOptions? options = null) => Renderer is IDensityField field
        ? Asset.Extract(field, new MarchingCubesOptions { Resolution = Options.MeshResolution }, options ?? Options.Asset)
        : throw new InvalidOperationException("An image has no surface; optimise a NeRF to get an asset.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _conditioning.Dispose();
        (Renderer as IDisposable)?.Dispose();
    }

    /// <summary>Brings a DMTet to where it is rendered.</summary>
    internal static Func<DmtetRenderer, IRenderer> Placed(IKernelDevice? gpu) => fine => gpu is null ? fine : new CudaDmtetRenderer(gpu, fine);

    private SharedMemory? Shared() => SharedMemory.Between(Renderer is RefinedRenderer stages ? stages.Current : Renderer, _prior);

    /// <summary>A NeRF without a surface yet is asked again, now and then.</summary>
    private void RefineWhenDue()
    {
        var late = StepsDone - (int)(Options.CoarseShare * Options.Steps);
        if (Renderer is RefinedRenderer { Fine: null } stages && late >= 0 && late % RefineEvery == 0 && stages.Refine())
            (_distillation.ImageSize, _distillation.Shared) = (FineScale * _distillation.ImageSize, Shared());
    }

    private static CameraRanges CamerasOf(Prior prior) => prior.Views is { } known
        ? new CameraRanges { Elevation = Range(known.Elevation), Distance = Range(known.Distance), FovY = Range(known.FovY) }
        : new CameraRanges();

    private static Renderers.Interval Range(Diffusion.Interval interval) => new((float)interval.Low, (float)interval.High);
}
