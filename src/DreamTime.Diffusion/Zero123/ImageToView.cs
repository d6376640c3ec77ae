using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Draws views of an object in an image by Zero-1-to-3, by any of the samplers, with classifier-free guidance.</summary>
public sealed class ImageToView
{
    private readonly Zero123 model;

    /// <summary>Samples a model.</summary>
    /// <param name="model">The model; it stays the caller's.</param>
    public ImageToView(Zero123 model)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
    }

    /// <summary>How often the model is asked for a view: as often as there are steps, or, with PNDM, a few times more.</summary>
    /// <param name="options">Sampler and steps.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public int ModelCalls(SampleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var trajectory = Start(options);
        return trajectory.Points.Count;
    }

    /// <summary>Draws one image per view. An image depends on its view and its seed, not on its neighbours in the batch.</summary>
    /// <param name="image">The given image [1, 3, H, W] in -1..1, the object on a white background; H and W are multiples of the autoencoder's factor.</param>
    /// <param name="views">The views, at least one.</param>
    /// <param name="options">Steps, guidance, seed; null for the defaults. The image's size is the given one's, and there is no negative prompt.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Asked before every step.</param>
    /// <returns>Images [b, 3, H, W] in 0..1, float32, owned by the caller.</returns>
    /// <exception cref="ArgumentException">No view, an image of another shape, or an option out of range; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(
        Tensor image, IReadOnlyList<RelativeView> views, SampleOptions? options = null, IProgress<SampleProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(views);
        options ??= new SampleOptions();
        if (views.Count == 0)
            throw new ArgumentException("There is no view to draw.", nameof(views));
        if (image.dim() != 4 || image.shape[0] != 1 || image.shape[2] % model.Factor != 0 || image.shape[3] % model.Factor != 0)
            throw new ArgumentException(
                $"image has shape [{string.Join(", ", image.shape)}], and should have [1, 3, H, W] with H and W multiples of {model.Factor}.", nameof(image));
        if (!double.IsFinite(options.GuidanceScale))
            throw new ArgumentException($"GuidanceScale is {options.GuidanceScale}, and should be a finite number.", nameof(options));
        using var trajectory = Start(options);
        if (trajectory.Points.FirstOrDefault(point => !double.IsInteger(point.Timestep)) is { Timestep: > 0 } between)
            throw new ArgumentException($"{options.Sampler} visits t = {between.Timestep}, between two trained timesteps; take another sampler.", nameof(options));

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var conditioning = model.Condition(image, views);
        var generators = views.Select((_, view) => new Generator((ulong)(options.Seed + view), CPU)).ToArray();
        long[] shape = [1, model.Channels, image.shape[2] / model.Factor, image.shape[3] / model.Factor];
        Tensor Noise() => cat([.. generators.Select(generator => randn(shape, generator: generator))], 0).to(image.device);

        var latents = Noise().Times(trajectory.InitialDeviation);
        for (int step = 0; step < trajectory.Points.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            int t = (int)trajectory.Points[step].Timestep;
            var noisy = trajectory.ScaleInput(latents);
            var (without, with) = model.PredictBoth(noisy, [.. Enumerable.Repeat(t, views.Count)], conditioning);
            var eps = ClassifierFreeGuidance.Combine(without, with, options.GuidanceScale);
            var next = trajectory.Step(eps, latents, trajectory.NeedsNoise ? Noise() : null).Previous;
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            progress?.Report(new SampleProgress(step + 1, trajectory.Points.Count, t));
        }
        return model.Decode(latents).MoveToOuterDisposeScope();
    }

    private ITrajectory Start(SampleOptions options) => Schedulers.Create(options.Sampler, model.Scheduler, options.Eta).Start(options.Steps);
}
