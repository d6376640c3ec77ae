using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Draws images of a text from a prior, by DDIM or DDPM with classifier-free guidance.</summary>
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
        IScheduler scheduler = options.Sampler == SamplerKind.Ddpm
            ? new DdpmScheduler(prior.Scheduler)
            : new DdimScheduler(prior.Scheduler, options.Eta);
        var timesteps = scheduler.Timesteps(options.Steps);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var text = cat([.. prompts.Select(prior.EncodePrompt)], 0);
        var negative = prior.EncodePrompt(options.NegativePrompt);
        var generators = prompts.Select((_, image) => new Generator((ulong)(options.Seed + image), CPU)).ToArray();
        long[] shape = [1, prior.Codec.Channels, size / prior.Codec.Factor, size / prior.Codec.Factor];
        Tensor Noise() => cat([.. generators.Select(generator => randn(shape, generator: generator))], 0);

        var latents = Noise();
        for (int step = 0; step < timesteps.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var stepScope = NewDisposeScope();
            int t = timesteps[step];
            int[] rows = [.. Enumerable.Repeat(t, prompts.Count)];
            var eps = ClassifierFreeGuidance.PredictNoise(prior.Denoiser, latents, rows, negative, text, options.GuidanceScale);
            if (StaticThresholding.AppliesTo(prior.Codec))
                eps = StaticThresholding.Apply(latents, eps, prior.Noise, rows);
            var next = scheduler.Step(eps, t, options.Steps, latents, scheduler.NeedsNoise(t) ? Noise() : null).Previous;
            latents.Dispose();
            latents = next.MoveToOuterDisposeScope();
            progress?.Report(new SampleProgress(step + 1, timesteps.Count, t));
        }
        return prior.Codec.Decode(latents).clamp(0, 1).MoveToOuterDisposeScope();
    }
}
