using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Classifier-free guidance (Ho and Salimans 2022), <c>eps_uncond + s (eps_text - eps_uncond)</c>: s = 0 ignores the text, s = 1 is the
/// model's own answer, more exaggerates the text.
/// </summary>
public static class ClassifierFreeGuidance
{
    /// <summary>Predicts the noise without and with the text, in one batch.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="timesteps">The paper's t, one per row.</param>
    /// <param name="unconditional">The embedding of the empty (or a negative) prompt, [1 or b, tokens, width].</param>
    /// <param name="text">The embedding of the prompt, [1 or b, tokens, width].</param>
    /// <returns>Both predictions, [b, c, h, w], owned by the caller.</returns>
    public static (Tensor Unconditional, Tensor Conditional) PredictBoth(
        IDenoiser denoiser, Tensor noisy, IReadOnlyList<int> timesteps, Tensor unconditional, Tensor text)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        return Both(noisy, unconditional, text, (rows, texts) => denoiser.PredictNoise(rows, [.. timesteps, .. timesteps], texts));
    }

    /// <summary>Predicts the noise under guidance.</summary>
    /// <inheritdoc cref="PredictBoth"/>
    /// <param name="denoiser"/><param name="noisy"/><param name="timesteps"/><param name="unconditional"/><param name="text"/>
    /// <param name="scale">s.</param>
    /// <returns>The guided prediction, [b, c, h, w], owned by the caller.</returns>
    public static Tensor PredictNoise(
        IDenoiser denoiser, Tensor noisy, IReadOnlyList<int> timesteps, Tensor unconditional, Tensor text, double scale)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        using var scope = NewDisposeScope();
        if (scale == 1)
            return denoiser.PredictNoise(noisy, timesteps, Rows(text, noisy.shape[0])).MoveToOuterDisposeScope();
        var (without, with) = PredictBoth(denoiser, noisy, timesteps, unconditional, text);
        return Combine(without, with, scale).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts the noise under guidance where all rows are equally noisy, possibly between two trained timesteps.</summary>
    /// <param name="denoiser">The model.</param>
    /// <param name="noisy">sqrt(abar) x_0 + sqrt(1 - abar) eps, [b, c, h, w].</param>
    /// <param name="point">t and abar.</param>
    /// <param name="unconditional">The embedding of the empty (or a negative) prompt, [1 or b, tokens, width].</param>
    /// <param name="text">The embedding of the prompt, [1 or b, tokens, width].</param>
    /// <param name="scale">s.</param>
    /// <returns>The guided prediction, [b, c, h, w], owned by the caller.</returns>
    public static Tensor PredictNoise(IDenoiser denoiser, Tensor noisy, SamplingPoint point, Tensor unconditional, Tensor text, double scale)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noisy);
        using var scope = NewDisposeScope();
        if (scale == 1)
            return denoiser.PredictNoise(noisy, point, Rows(text, noisy.shape[0])).MoveToOuterDisposeScope();
        var (without, with) = Both(noisy, unconditional, text, (rows, texts) => denoiser.PredictNoise(rows, point, texts));
        return Combine(without, with, scale).MoveToOuterDisposeScope();
    }

    /// <summary>Predicts the velocity under guidance where all rows are equally noisy, which may be pure noise.</summary>
    /// <inheritdoc cref="PredictNoise(IDenoiser, Tensor, SamplingPoint, Tensor, Tensor, double)"/>
    /// <param name="denoiser"/><param name="noisy"/><param name="point"/><param name="unconditional"/><param name="text"/><param name="scale"/>
    public static Tensor PredictVelocity(IDenoiser denoiser, Tensor noisy, SamplingPoint point, Tensor unconditional, Tensor text, double scale)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noisy);
        using var scope = NewDisposeScope();
        if (scale == 1)
            return denoiser.PredictVelocity(noisy, point, Rows(text, noisy.shape[0])).MoveToOuterDisposeScope();
        var (without, with) = Both(noisy, unconditional, text, (rows, texts) => denoiser.PredictVelocity(rows, point, texts));
        return Combine(without, with, scale).MoveToOuterDisposeScope();
    }

    /// <summary>The same with the variance, which is that of the text alone.</summary>
    /// <inheritdoc cref="PredictNoise(IDenoiser, Tensor, SamplingPoint, Tensor, Tensor, double)"/>
    /// <param name="denoiser"/><param name="noisy"/><param name="point"/><param name="unconditional"/><param name="text"/><param name="scale"/>
    /// <returns>The guided noise and the variance, [b, 2c, h, w], owned by the caller.</returns>
    public static Tensor PredictNoiseAndVariance(
        IVarianceDenoiser denoiser, Tensor noisy, SamplingPoint point, Tensor unconditional, Tensor text, double scale)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noisy);
        using var scope = NewDisposeScope();
        var (without, with) = Both(noisy, unconditional, text, (rows, texts) => denoiser.PredictNoiseAndVariance(rows, point, texts));
        var (eps, halves) = (without.chunk(2, 1)[0], with.chunk(2, 1));
        return cat([Combine(eps, halves[0], scale), halves[1]], 1).MoveToOuterDisposeScope();
    }

    /// <summary><c>eps_uncond + s (eps_text - eps_uncond)</c>.</summary>
    /// <param name="unconditional">eps_uncond.</param>
    /// <param name="conditional">eps_text, of the same shape.</param>
    /// <param name="scale">s.</param>
    public static Tensor Combine(Tensor unconditional, Tensor conditional, double scale) =>
        unconditional.Plus((conditional - unconditional).Times(scale));

    /// <summary>Brings a guided prediction back to the spread of the conditional one, against overexposure (Lin et al. 2023, eq. 15 and 16).</summary>
    /// <param name="guided">The guided prediction, [b, ...].</param>
    /// <param name="conditional">eps_text, of the same shape.</param>
    /// <param name="share">phi, how much of the rescaled prediction is taken, 0..1.</param>
    /// <returns>phi std(eps_text) / std(guided) guided + (1 - phi) guided, the deviations over each row; owned by the caller.</returns>
    public static Tensor Rescale(Tensor guided, Tensor conditional, double share)
    {
        ArgumentNullException.ThrowIfNull(guided);
        ArgumentNullException.ThrowIfNull(conditional);
        using var scope = NewDisposeScope();
        long[] rest = [.. Enumerable.Range(1, (int)guided.dim() - 1).Select(dimension => (long)dimension)];
        var factor = conditional.std(rest, keepdim: true) / guided.std(rest, keepdim: true);
        return (factor.Times(share) * guided).Plus(guided.Times(1 - share)).MoveToOuterDisposeScope();
    }

    private static (Tensor Unconditional, Tensor Conditional) Both(
        Tensor noisy, Tensor unconditional, Tensor text, Func<Tensor, Tensor, Tensor> predict)
    {
        using var scope = NewDisposeScope();
        long rows = noisy.shape[0];
        var both = predict(cat([noisy, noisy], 0), cat([Rows(unconditional, rows), Rows(text, rows)], 0)).chunk(2, 0);
        return (both[0].MoveToOuterDisposeScope(), both[1].MoveToOuterDisposeScope());
    }

    private static Tensor Rows(Tensor text, long rows) => text.shape[0] == rows ? text : text.expand(rows, -1, -1);
}
