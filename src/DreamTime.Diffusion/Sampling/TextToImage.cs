using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Draws images of a text from a prior, by any of the samplers, with classifier-free guidance.</summary>
public sealed class TextToImage
{
    private readonly Prior prior;

    /// <summary>Samples a prior.</summary>
    /// <param name="prior">The prior; it stays the caller's.</param>
    public TextToImage(Prior prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        this.prior = prior;
    }

    /// <summary>How often the model is asked for an image: as often as there are steps, or, with PNDM, a few times more.</summary>
    /// <param name="options">Sampler and steps.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public int ModelCalls(SampleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var trajectory = Start(options);
        return trajectory.Points.Count;
    }

    /// <summary>Draws one image.</summary>
    /// <inheritdoc cref="Sample(IReadOnlyList{string}, SampleOptions, IProgress{SampleProgress}, CancellationToken)"/>
    /// <param name="prompt">The prompt.</param>
    /// <param name="options"/><param name="progress"/><param name="cancellation"/>
    public Tensor Sample(
        string prompt, SampleOptions? options = null, IProgress<SampleProgress>? progress = null, CancellationToken cancellation = default) =>
        Sample([prompt], options, progress, cancellation);

    /// <summary>Draws one image per prompt. An image depends on its prompt and its seed, not on its neighbours in the batch.</summary>
    /// <param name="prompts">The prompts, at least one.</param>
    /// <param name="options">Steps, guidance, seed; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Asked before every step.</param>
    /// <returns>Images [b, 3, H, W] in 0..1, float32, owned by the caller.</returns>
    /// <exception cref="ArgumentException">No prompt, or an option out of range; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Tensor Sample(
        IReadOnlyList<string> prompts, SampleOptions? options = null, IProgress<SampleProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        options ??= new SampleOptions();
        int size = options.ImageSize ?? prior.ImageSize;
        if (prompts.Count == 0)
            throw new ArgumentException("There is no prompt to draw.", nameof(prompts));
        if (size < prior.Codec.Factor || size % prior.Codec.Factor != 0)
            throw new ArgumentException($"ImageSize is {size}, and should be a positive multiple of {prior.Codec.Factor}.", nameof(options));
        if (!double.IsFinite(options.GuidanceScale))
            throw new ArgumentException($"GuidanceScale is {options.GuidanceScale}, and should be a finite number.", nameof(options));
        using var trajectory = Start(options);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var text = cat([.. prompts.Select(prior.EncodePrompt)], 0);
        var negative = prior.EncodePrompt(options.NegativePrompt);
        using var noise = new SeededNoise(
            options.Seed, prompts.Count, prior.Codec.Channels, size / prior.Codec.Factor, size / prior.Codec.Factor);

        var variance = LearnedVariance(options);
        var latents = noise.Next().Times(trajectory.InitialDeviation);
        for (int step = 0; step < trajectory.Points.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            var point = trajectory.Points[step];
            var noisy = trajectory.ScaleInput(latents);
            var prediction = InVelocity ? Velocity() : Noise();
            var next = trajectory.Step(prediction, latents, trajectory.NeedsNoise ? noise.Next() : null).Previous;
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            progress?.Report(new SampleProgress(step + 1, trajectory.Points.Count, (int)Math.Round(point.Timestep)));

            Tensor Noise()
            {
                var eps = variance is null
                    ? ClassifierFreeGuidance.PredictNoise(prior.Denoiser, noisy, point, negative, text, options.GuidanceScale)
                    : ClassifierFreeGuidance.PredictNoiseAndVariance(variance, noisy, point, negative, text, options.GuidanceScale);
                return StaticThresholding.AppliesTo(prior.Codec) ? StaticThresholding.Apply(noisy, eps, point.AlphaBar) : eps;
            }

            Tensor Velocity()
            {
                var v = ClassifierFreeGuidance.PredictVelocity(prior.Denoiser, noisy, point, negative, text, options.GuidanceScale);
                return StaticThresholding.AppliesTo(prior.Codec) ? StaticThresholding.ApplyToVelocity(noisy, v, point.AlphaBar) : v;
            }
        }
        return prior.Codec.Decode(latents).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the way begins in pure noise, where only a velocity says what the sample is.</summary>
    private bool InVelocity => TerminalNoise.IsPure(prior.Noise);

    private ITrajectory Start(SampleOptions options)
    {
        var scheduler = InVelocity ? prior.Scheduler with { Prediction = PredictionType.Velocity } : prior.Scheduler;
        return Schedulers.Create(options.Sampler, scheduler, options.Eta).Start(options.Steps);
    }

    /// <summary>The denoiser where its variance is used: by DDPM, where the configuration says that it was learned.</summary>
    private IVarianceDenoiser? LearnedVariance(SampleOptions options) =>
        options.Sampler == SamplerKind.Ddpm && prior.Scheduler.Variance is (DdpmVariance.Learned or DdpmVariance.LearnedRange)
            ? prior.Denoiser as IVarianceDenoiser
            : null;
}
