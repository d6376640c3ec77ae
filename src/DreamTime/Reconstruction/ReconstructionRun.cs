using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>
/// A reconstruction in memory: advance it, look at it, take the asset. It writes nothing; <see cref="Reconstruction.RunAsync"/> does.
/// Inside, the object lies in a ball of radius 1; what goes in and comes out has the dataset's own coordinates.
/// </summary>
public sealed class ReconstructionRun : IDisposable
{
    /// <summary>Where there are two stages, the first one's part of the fit.</summary>
    private const double CoarseShare = 0.4;

    /// <summary>Pixels of a step of the second stage, the side of its squares, and its learning rate's end: a surface is found once for all of them.</summary>
    private const int FinePixels = 1 << 14, FineSquare = 64;
    private const double FineFinalRate = 0.1;

    private readonly PosedDataset _dataset;
    private readonly ReconstructionOptions _options;
    private readonly IRenderer _renderer;
    private bool _triedToRefine;

    /// <summary>An untrained field for a dataset.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="options">Everything else; the defaults where null.</param>
    /// <exception cref="DatasetException">The cameras do not look at one place, and the scene has bounds.</exception>
    /// <exception cref="ArgumentException">A scene without bounds is of another representation than a NeRF on the CPU.</exception>
    public ReconstructionRun(PosedDataset dataset, ReconstructionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        (_dataset, _options) = (dataset, options ?? new ReconstructionOptions());
        Bounds = _options.Unbounded ? SceneBounds.Around(dataset.Training) : SceneBounds.Of(dataset.Training);
        _renderer = _options.RendererFor(dataset);
    }

    /// <summary>Where the object is looked for.</summary>
    public SceneBounds Bounds { get; }

    /// <summary>Steps done so far.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Why the result is not of the representation that was asked for, or null.</summary>
    public string? Warning => _renderer is RefinedRenderer { Fine: null }
        ? "the NeRF that a DMTet begins with had no surface in time, or the fit was stopped before: this is the NeRF." : null;

    /// <summary>Does the next step: renders some pixels, compares them with the images and improves the field.</summary>
    /// <param name="progress">How much of the whole fit is done, 0..1; learning rates fall with it.</param>
    /// <returns>The mean squared error of the step's pixels before it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The progress is outside 0..1.</exception>
    /// <exception cref="NotFiniteNumberException">The fit has diverged.</exception>
    public double Advance(double progress)
    {
        if (!(progress is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(progress), progress, "Progress lies in 0..1.");

        var step = StepsDone + 1;
        var isFine = Refine(progress);
        var batch = isFine
            ? PixelBatch.Draw(_dataset, Bounds, FinePixels, FineSquare, _options.Seed, step)
            : PixelBatch.Draw(_dataset, Bounds, _options.PixelsPerStep, _options.SquareSize, _options.Seed, step);
        var images = _renderer.Render(batch.Cameras, batch.Size, batch.Size, RenderSettings.ForTraining(step, batch.Backgrounds));
        var (loss, gradient) = batch.SquaredError(images.Color);
        _renderer.Backward(new ImageGradients { Color = gradient });
        _renderer.Step((float)Math.Pow(isFine ? FineFinalRate : _options.FinalRate, OfStage(progress, isFine)));
        StepsDone = step;
        return loss;
    }

    /// <summary>Renders the object as it is now, from a camera of the dataset's coordinates, before white.</summary>
    /// <param name="camera">From where.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    public Picture Render(Camera camera, int height, int width) => Picture.Of(RenderImages(camera, height, width, normals: false), 0);

    /// <summary>The same with normals in the dataset's axes, and with depth in radii of the ball.</summary>
    internal Images RenderImages(Camera camera, int height, int width, bool normals) =>
        _renderer.Render([Bounds.ToBall(camera)], height, width, RenderSettings.Evaluation(Vector3.One) with { Normals = normals && _renderer.HasNormals });

    /// <summary>The object's surface as it is now, in the dataset's coordinates.</summary>
    /// <param name="options">Triangles and texture; null for the run's own.</param>
    /// <exception cref="NoSurfaceException">There is no surface: nothing has formed.</exception>
    /// <exception cref="AtlasTooSmallException">The surface has more pieces than the texture can keep apart.</exception>
    public Asset ExtractAsset(AssetOptions? options = null)
    {
        var asset = Asset.Extract((IDensityField)_renderer, _options.Surface, options ?? _options.Asset);
        return asset with { Mesh = asset.Mesh.Placed(Bounds.Radius, Bounds.Center) };
    }

    /// <summary>Frees what the renderer holds of a GPU.</summary>
    public void Dispose() => (_renderer as IDisposable)?.Dispose();

    /// <summary>Begins the second stage when its time has come; whether it has begun.</summary>
    private bool Refine(double progress)
    {
        if (_renderer is not RefinedRenderer stages || progress < CoarseShare)
            return false;
        if (stages.Fine is null && !_triedToRefine)
            stages.Refine();
        _triedToRefine = true;
        return stages.Fine is not null;
    }

    private double OfStage(double progress, bool isFine) =>
        isFine ? (progress - CoarseShare) / (1 - CoarseShare) : _renderer is RefinedRenderer ? Math.Min(1, progress / CoarseShare) : progress;
}
