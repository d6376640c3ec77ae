using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime;

/// <summary>How an object is reconstructed from images. The defaults are for small images on two CPU cores.</summary>
public sealed record ReconstructionOptions
{
    /// <summary>
    /// Time for everything: fitting, the asset and the test images. The fit stops early enough for these, as measured along the way; learning rates follow the time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or more than a day.</exception>
    public TimeSpan Budget
    {
        get;
        init => field = value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Budget), value, "A reconstruction takes more than no time and at most a day.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>The most optimisation steps, at least 1; null for as many as the time allows. With enough time for them the result does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? Steps
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Steps), value, "A reconstruction takes at least one step.");
    }

    /// <summary>Pixels that a step learns from, 64..65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int PixelsPerStep
    {
        get;
        init => field = value is >= 64 and <= 65_536
            ? value
            : throw new ArgumentOutOfRangeException(nameof(PixelsPerStep), value, "A step learns from 64 to 65,536 pixels.");
    } = 4096;

    /// <summary>What is fitted: not an image, which has no views.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An image, or no representation at all.</exception>
    public Representation Representation
    {
        get;
        init => field = value is Representation.Nerf or Representation.Neus or Representation.Dmtet or Representation.Splats
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Representation), value, "Images are fitted with Nerf, Neus, Dmtet or Splats.");
    } = Representation.Nerf;

    /// <summary>The NeRF, or the grid and network of the NeuS, in a ball of radius 1; null fits its finest details to the images' size.</summary>
    public NerfOptions? Nerf { get; init; }

    /// <summary>
    /// Whether the images show surroundings too: a NeRF of all space (contracted, mip-NeRF 360), around a ball that holds the cameras. The asset is the surface within the ball.
    /// </summary>
    public bool Unbounded { get; init; }

    /// <summary>The DMTet, in a ball of radius 1, that a NeRF is refined into; null gives it the NeRF's grid and network for its colours.</summary>
    public DmtetOptions? Dmtet { get; init; }

    /// <summary>Losses on a DMTet's surface, beside the mean squared error of the pixels.</summary>
    public DmtetRegularizers SurfaceRegularizers { get; init; } = new() { Laplacian = 0.2f, NormalConsistency = 0.3f, SignConsistency = 0.01f };

    /// <summary>What the learning rate ends at, as a share of what it begins with, above 0 and at most 1; it falls exponentially.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public double FinalRate
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(FinalRate), value, "A share lies above 0 and is at most 1.");
    } = 0.02;

    /// <summary>The GPU that renders, which must outlive the reconstruction; <c>null</c> renders on the CPU. Which representations have kernels, <see cref="Representations.HasKernels"/> says.</summary>
    public IKernelDevice? Gpu { get; init; }

    /// <summary>Names everything random.</summary>
    public long Seed { get; init; }

    /// <summary>How the surface is found.</summary>
    public MarchingCubesOptions Surface { get; init; } = new();

    /// <summary>Triangles and texture of the asset.</summary>
    public AssetOptions Asset { get; init; } = new();

    /// <summary>The file format of the asset.</summary>
    public AssetFormat Format { get; init; } = AssetFormat.Glb;

    /// <summary>An untrained renderer for a dataset's images, in a ball of radius 1.</summary>
    internal IRenderer RendererFor(PosedDataset dataset)
    {
        var field = NerfFor(dataset) with { Radius = 1 };
        if (Unbounded && Representation != Representation.Nerf)
            throw new ArgumentException($"A scene without bounds is a Nerf, not {Representation}.", nameof(dataset));
        if (Unbounded)
            field = field with { Bounds = NerfBounds.Unbounded, ScaleNearGradients = true };
        if (Gpu is not null && !Representation.HasKernels())
            throw new ArgumentException($"The representation {Representation} is rendered on the CPU only.", nameof(dataset));
        var neus = new NeusOptions { Field = field, InitialVariance = 0.4f, VarianceLearningRate = 0.003f, CosineAnnealingSteps = 200 };
        var splats = new SplatOptions { InitialCount = 5000, MaximalCount = 30_000, DensifyUntil = 2000, ScaleLearningRate = 0.01f };
        return Representation switch
        {
            Representation.Nerf when Gpu is { } gpu => new CudaNerfRenderer(gpu, field, Seed),
            Representation.Nerf => new NerfRenderer(field, Seed),
            Representation.Neus when Gpu is { } gpu => new CudaNeusRenderer(gpu, neus, Seed),
            Representation.Neus => new NeusRenderer(neus, Seed),
            Representation.Dmtet => new RefinedRenderer(
                Gpu is { } gpu ? new CudaNerfRenderer(gpu, field, Seed) : new NerfRenderer(field, Seed),
                Dmtet ?? new DmtetOptions { Field = field }, SurfaceRegularizers, Seed, TextTo3DRun.Placed(Gpu)),
            _ when Gpu is { } gpu => new CudaSplatRenderer(gpu, splats, Seed),
            _ => new SplatRenderer(splats, Seed),
        };
    }

    /// <summary>The side of the squares that a step learns from: rays are cheap one by one, but a splat's place in a view costs the same however small the view.</summary>
    internal int SquareSize => Representation == Representation.Splats ? 64 : 4;

    /// <summary>The NeRF for a dataset's images: about two cells and one sample for a pixel across the object.</summary>
    internal NerfOptions NerfFor(PosedDataset dataset)
    {
        if (Nerf is not null)
            return Nerf;

        var pixels = dataset.Training.Max(image => Math.Max(image.Width, image.Height));
        return new NerfOptions
        {
            Levels = 8,
            Log2TableSize = 17,
            BaseResolution = 16,
            // Contracted, the ball is half as wide as the grid, and wider than what the images show of it.
            FinestResolution = Math.Clamp((Unbounded ? 4 : 2) * pixels, 64, Unbounded ? 2048 : 1024),
            HiddenWidth = 32,
            DensityActivation = DensityActivation.TruncatedExponential,
            DensityBlob = DensityBlob.None,
            SamplesPerRay = Math.Clamp(pixels, 64, 384),
            OccupancyResolution = 48,
        };
    }
}
