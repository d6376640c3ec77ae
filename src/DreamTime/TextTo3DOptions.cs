using System.Numerics;
using DreamTime.Diffusion;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;
using DreamTime.Schedules;

namespace DreamTime;

/// <summary>Everything a run is made of besides the prior and the prompt. The defaults are those of <see cref="Quality.Normal"/>.</summary>
public sealed record TextTo3DOptions
{
    /// <summary>The most steps a run may have.</summary>
    public const int MaxSteps = 1_000_000;

    /// <summary>N, the number of optimisation steps, 1..1,000,000. The schedule is spread over all of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int Steps
    {
        get;
        init => field = value is >= 1 and <= MaxSteps
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Steps), value, "A run has 1 to 1,000,000 steps.");
    } = 600;

    /// <summary>
    /// When which timestep is used; compiled on the prior's own noise. <c>dreamtime</c> is the paper's TP-SDS with the numbers for Stable Diffusion, <c>sds</c> its baseline.
    /// <c>null</c> takes the schedule that the prior's folder recommends, and <c>dreamtime</c> where it recommends none.
    /// </summary>
    public ScheduleExpression? Schedule { get; init; }

    /// <summary>Guidance scale, weighting and clamping. The default scale is the embedded prior's; <see cref="SuitedTo"/> gives another prior's.</summary>
    public GuidanceOptions Guidance { get; init; } = new();

    /// <summary>What is optimised.</summary>
    public Representation Representation { get; init; } = Representation.Nerf;

    /// <summary>
    /// The GPU that renders, which must outlive the run; <c>null</c> renders on the CPU. Which representations have kernels, <see cref="Representations.HasKernels"/> says.
    /// </summary>
    public IKernelDevice? Gpu { get; init; }

    /// <summary>The NeRF, where that is the representation.</summary>
    public NerfOptions Nerf { get; init; } = new();

    /// <summary>The signed distance, where that is the representation.</summary>
    public NeusOptions Neus { get; init; } = new() { CosineAnnealingSteps = 300 };

    /// <summary>The DMTet, where that is the representation.</summary>
    public DmtetOptions Dmtet { get; init; } = new();

    /// <summary>
    /// The part of the steps after which the NeRF that a DMTet begins with becomes its surface, 0..1; from then on views are rendered twice as large. 0 begins with the DMTet's
    /// own ellipsoid, which needs many more steps to become anything.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public double CoarseShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(CoarseShare), value, "A share lies in 0..1.");
    } = 0.6;

    /// <summary>Losses on a DMTet's surface beside the guidance, weighted as <see cref="Regularizers"/> are.</summary>
    public DmtetRegularizers SurfaceRegularizers { get; init; } = new() { Laplacian = 2, NormalConsistency = 3, SignConsistency = 0.05f };

    /// <summary>The Gaussians, where they are the representation.</summary>
    public SplatOptions Splats { get; init; } = new();

    /// <summary>
    /// Losses on the rays of a NeRF or a NeuS beside the guidance, each the weight of a sum over the pixels of a view, as the guidance's own gradient is one;
    /// so the same weights serve priors of any size.
    /// </summary>
    public NerfRegularizers Regularizers { get; init; } = new() { Opaque = 0.02f, Sparsity = 0.02f, Entropy = 0.002f };

    /// <summary>
    /// Losses whose weights change along the run, counted as <see cref="Regularizers"/> are and in their place. Those on pixels serve every renderer, those on a surface a DMTet, the others a NeRF or a NeuS.
    /// </summary>
    public IReadOnlyList<RegularizerSchedule> RegularizerSchedules { get; init; } = [];

    /// <summary>The solid that a representation starts as, within its radius (an image does not); null for its own blob, ellipsoid or cloud.</summary>
    public SignedShape? Start { get; init; }

    /// <summary>The light on the object while it is optimised; previews and assets show its colours.</summary>
    public LightOptions Light { get; init; } = new();

    /// <summary>What stands behind the object while it is optimised.</summary>
    public BackgroundKind Background { get; init; } = BackgroundKind.Random;

    /// <summary>The colour of a fixed background, display values 0..1.</summary>
    public Vector3 BackgroundColor { get; init; } = new(0.72f);

    /// <summary>Whether depth and normals are written beside each preview, where the renderer has them.</summary>
    public bool SurfacePreviews { get; init; } = true;

    /// <summary>Views rendered in a step, 1..64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int Views
    {
        get;
        init => field = value is >= 1 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(Views), value, "A step renders 1 to 64 views.");
    } = 4;

    /// <summary>
    /// Width and height in pixels that views are rendered at, 8..2048; the prior sees them enlarged to its own size. <c>null</c> takes the prior's size, or 64 where that is
    /// larger: rays cost more than pixels between them can say.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int? RenderSize
    {
        get;
        init => field = value is null or (>= 8 and <= 2048)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(RenderSize), value, "Views are 8 to 2048 pixels wide.");
    }

    /// <summary>Where the cameras stand; <c>null</c> takes the ranges that the prior was trained with, where its folder tells them.</summary>
    public CameraRanges? Cameras { get; init; }

    /// <summary>Tell the prior with each view where it looks from, in the way of its captions: in words (front, side, back, overhead) or in degrees.</summary>
    public bool ViewDependentPrompts { get; init; } = true;

    /// <summary>Runs with the same seed, options, prior and machine give the same bytes.</summary>
    public long Seed { get; init; }

    /// <summary>Cells along an axis of the grid that the mesh is extracted from, 8..512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int MeshResolution
    {
        get;
        init => field = value is >= 8 and <= 512
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MeshResolution), value, "A mesh is extracted from 8 to 512 cells an axis.");
    } = 96;

    /// <summary>Triangles and texture of the asset.</summary>
    public AssetOptions Asset { get; init; } = new();

    /// <summary>The file format of a run folder's asset.</summary>
    public AssetFormat Format { get; init; } = AssetFormat.Glb;

    /// <summary>Steps between two preview images of a run folder; 0 writes none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int PreviewEvery
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(PreviewEvery), value, "Previews come every so many steps, or never (0).");
    } = 100;

    /// <summary>The turntable's frames, 1..360.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int TurntableFrames
    {
        get;
        init => field = value is >= 1 and <= 360
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TurntableFrames), value, "A turntable has 1 to 360 frames.");
    } = 36;

    /// <summary>The turntable's width and height in pixels, 16..2048.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int TurntableSize
    {
        get;
        init => field = value is >= 16 and <= 2048
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TurntableSize), value, "A turntable is 16 to 2048 pixels wide.");
    } = 192;

    /// <summary>These options with the guidance scale that a prior is distilled with where nothing else is said.</summary>
    /// <param name="prior">The prior.</param>
    public TextTo3DOptions SuitedTo(Prior prior) => this with { Guidance = Guidance.SuitedTo(prior) };

    /// <summary>These options with another <see cref="Gpu"/>.</summary>
    /// <param name="gpu">What renders; null for the CPU.</param>
    public TextTo3DOptions RenderedOn(IKernelDevice? gpu) => this with { Gpu = gpu };

    /// <summary>These options with another light around a DMTet.</summary>
    /// <param name="environment">The light; null shows its colours as they are.</param>
    public TextTo3DOptions LitBy(EnvironmentLight? environment) => this with { Dmtet = Dmtet with { Light = environment } };

    /// <summary>The defaults of a quality.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An unknown quality.</exception>
    public static TextTo3DOptions For(Quality quality) => quality switch
    {
        Quality.Draft => new() { Steps = 200, MeshResolution = 64, PreviewEvery = 50, TurntableFrames = 24, TurntableSize = 128 },
        Quality.Normal => new(),
        Quality.Fine => new() { Steps = 2000, MeshResolution = 160, TurntableFrames = 72, TurntableSize = 256 },
        _ => throw new ArgumentOutOfRangeException(nameof(quality), quality, "A quality is draft, normal or fine."),
    };
}
