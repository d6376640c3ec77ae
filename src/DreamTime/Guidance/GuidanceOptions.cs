using DreamTime.Diffusion;

namespace DreamTime;

/// <summary>How the prior's opinion becomes a gradient.</summary>
public sealed record GuidanceOptions
{
    /// <summary>
    /// s of classifier-free guidance, at least 0: in diffusers' convention eps_uncond + s (eps_text - eps_uncond), in which 1 asks the text-conditioned model alone.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double Scale
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Scale), value, "A guidance scale is a finite number, 0 or more.");
    } = 7.5;

    /// <summary>What <see cref="Scale"/> means.</summary>
    public GuidanceConvention Convention { get; init; } = GuidanceConvention.Diffusers;

    /// <summary>The factor w(t).</summary>
    public GuidanceWeighting Weighting { get; init; } = GuidanceWeighting.OneMinusAlphaBar;

    /// <summary>
    /// Clamp the clean latent that the prediction implies to [-1, 1] and take the noise that belongs to it. It applies where latents are pixels:
    /// strong guidance otherwise pushes colours beyond what an image can hold, at every step, and the object saturates.
    /// </summary>
    public bool ClampPrediction { get; init; } = true;

    /// <summary>These options with the scale that a prior is distilled with where nothing else is said: <see cref="Prior.DistillationScale"/>.</summary>
    /// <param name="prior">The prior.</param>
    public GuidanceOptions SuitedTo(Prior prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        return this with { Scale = prior.DistillationScale };
    }

    internal double ScaleAsDiffusers() => Convention == GuidanceConvention.Threestudio ? Scale + 1 : Scale;
}
