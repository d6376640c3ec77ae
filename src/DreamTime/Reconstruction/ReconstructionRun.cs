using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>
/// A reconstruction in memory: advance it, look at it, take the asset. It writes nothing; <see cref="Reconstruction.RunAsync"/> does.
/// Inside, the object lies in a ball of radius 1; what goes in and comes out has the dataset's own coordinates.
/// </summary>
public sealed class ReconstructionRun
{
    private readonly PosedDataset _dataset;
    private readonly ReconstructionOptions _options;
    private readonly IRenderer _renderer;

    /// <summary>An untrained field for a dataset.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="options">Everything else; the defaults where null.</param>
    /// <exception cref="DatasetException">The cameras do not look at one place.</exception>
    public ReconstructionRun(PosedDataset dataset, ReconstructionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        (_dataset, _options) = (dataset, options ?? new ReconstructionOptions());
        Bounds = SceneBounds.Of(dataset.Training);
        _renderer = _options.RendererFor(dataset);
    }

    /// <summary>Where the object is looked for.</summary>
    public SceneBounds Bounds { get; }

    /// <summary>Steps done so far.</summary>
    public int StepsDone { get; private set; }

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
        var batch = PixelBatch.Draw(_dataset, Bounds, _options.PixelsPerStep, _options.SquareSize, _options.Seed, step);
        var images = _renderer.Render(batch.Cameras, batch.Size, batch.Size, RenderSettings.ForTraining(step, batch.Backgrounds));
        var (loss, gradient) = batch.SquaredError(images.Color);
        _renderer.Backward(new ImageGradients { Color = gradient });
        _renderer.Step((float)Math.Pow(_options.FinalRate, progress));
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
}
