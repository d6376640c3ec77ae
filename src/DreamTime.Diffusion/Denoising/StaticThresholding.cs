using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Static thresholding (Saharia et al. 2022, section 2.3): the clean sample that a prediction implies is clamped to -1..1, <em>and the noise is taken anew from it</em>.
/// Clamping the sample alone, as a scheduler's <c>clip_sample</c> does, leaves the overshoot of strong guidance in the noise; the next step then subtracts it,
/// and surfaces come out in the complementary colour.
/// </summary>
public static class StaticThresholding
{
    private const double LeastAlphaBar = 1e-30;

    /// <summary>Whether the latents of a codec are pixels, which have a range; learnt latents have none.</summary>
    public static bool AppliesTo(ILatentCodec codec) => codec is PixelUnshuffleCodec;

    /// <summary>The noise that belongs to the clamped clean sample.</summary>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="predicted">eps_hat, of the same shape.</param>
    /// <param name="noise">The noise schedule.</param>
    /// <param name="timesteps">The paper's t, one per row.</param>
    /// <returns>[b, c, h, w], in the caller's dispose scope.</returns>
    public static Tensor Apply(Tensor noisy, Tensor predicted, NoiseSchedule noise, IReadOnlyList<int> timesteps)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.Count != noisy.shape[0])
            throw new ArgumentException($"There are {timesteps.Count} timesteps for {noisy.shape[0]} rows; each row has one.", nameof(timesteps));
        // Where nothing is left of the sample, the noise stays what it was.
        var (signal, sigma) = NoiseLevels.Of([.. timesteps.Select(t => Math.Max(noise.AlphaBar(t), LeastAlphaBar))], noisy, noisy.dtype);
        var clean = ((noisy - sigma * predicted) / signal).clamp(-1, 1);
        return (noisy - signal * clean) / sigma;
    }

    /// <summary>The same where all rows are equally noisy.</summary>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="predicted">eps_hat, of the same shape.</param>
    /// <param name="alphaBar">abar of all rows, above 0 and below 1.</param>
    /// <returns>[b, c, h, w], in the caller's dispose scope.</returns>
    public static Tensor Apply(Tensor noisy, Tensor predicted, double alphaBar)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        double signal = Math.Sqrt(alphaBar), sigma = Math.Sqrt(1 - alphaBar);
        return (noisy - (noisy - predicted.Times(sigma)).Over(signal).clamp(-1, 1).Times(signal)).Over(sigma);
    }

    /// <summary>The velocity that belongs to the clamped clean sample.</summary>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="velocity">v_hat, of the same shape.</param>
    /// <param name="alphaBar">abar of all rows, from 0 and below 1.</param>
    /// <returns>[b, c, h, w], in the caller's dispose scope.</returns>
    public static Tensor ApplyToVelocity(Tensor noisy, Tensor velocity, double alphaBar)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(velocity);
        double signal = Math.Sqrt(alphaBar), sigma = Math.Sqrt(1 - alphaBar);
        return (noisy.Times(signal) - (noisy.Times(signal) - velocity.Times(sigma)).clamp(-1, 1)).Over(sigma);
    }
}
