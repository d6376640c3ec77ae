using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The exact denoiser of a Gaussian mixture. A mixture stays one under noise: x_t has the components
/// N(sqrt(abar) mu_k, (abar sigma_k^2 + 1 - abar) I), so that density and score are closed forms. With it, distillation is exact and
/// deterministic without a network.
/// </summary>
/// <remarks>
/// A text is an embedding whose first token holds one factor from 0 per component, [b, tokens, components]: it multiplies the weights.
/// One 1 among zeros names a component; all ones, or no text, is the whole mixture.
/// </remarks>
public sealed class AnalyticDenoiser : IDenoiser
{
    private readonly long[] shape;
    private readonly Tensor logWeights;
    private readonly Tensor means;
    private readonly Tensor variances;

    /// <summary>Makes the denoiser of a mixture.</summary>
    /// <param name="noise">The noise.</param>
    /// <param name="channels">c of a sample.</param>
    /// <param name="height">h of a sample.</param>
    /// <param name="width">w of a sample.</param>
    /// <param name="components">The mixture, at least one component.</param>
    /// <exception cref="ArgumentException">No component, or one whose weight, mean or spread cannot be; the message says which.</exception>
    public AnalyticDenoiser(NoiseSchedule noise, int channels, int height, int width, IReadOnlyList<MixtureComponent> components)
    {
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(components);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        int size = channels * height * width;
        if (components.Count == 0)
            throw new ArgumentException("A mixture has at least one component.", nameof(components));
        for (int k = 0; k < components.Count; k++)
        {
            var (weight, mean, deviation) = components[k];
            bool valid = weight > 0 && double.IsFinite(weight)
                && deviation >= 0 && double.IsFinite(deviation)
                && mean.Count == size && mean.All(double.IsFinite);
            if (!valid)
                throw new ArgumentException(
                    FormattableString.Invariant($"Component {k} has weight {weight}, spread {deviation} and {mean.Count} mean values; ")
                    + $"a weight above 0, a standard deviation from 0 and {size} finite values are right.",
                    nameof(components));
        }
        NativeLibtorch.Load();
        Noise = noise;
        shape = [channels, height, width];
        double total = components.Sum(c => c.Weight);
        logWeights = tensor(components.Select(c => Math.Log(c.Weight / total)).ToArray()).DetachFromDisposeScope();
        means = tensor(components.SelectMany(c => c.Mean).ToArray()).reshape(components.Count, size).DetachFromDisposeScope();
        variances = tensor(components.Select(c => c.StandardDeviation * c.StandardDeviation).ToArray()).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public NoiseSchedule Noise { get; }

    /// <inheritdoc/>
    public Tensor PredictNoise(Tensor noisy, IReadOnlyList<int> timesteps, Tensor? text)
    {
        using var scope = NewDisposeScope();
        return Predict(noisy, Levels(noisy, timesteps), text).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PredictNoise(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        using var scope = NewDisposeScope();
        return Predict(noisy, NoiseLevels.Of([point.AlphaBar], noisy, ScalarType.Float64), text).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PredictVelocity(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        using var scope = NewDisposeScope();
        var levels = NoiseLevels.Of([point.AlphaBar], noisy, ScalarType.Float64);
        var (x, variance, logDensities) = Components(noisy, levels, text);
        var (signal, noise) = (levels.Signal.reshape(-1, 1), levels.Noise.reshape(-1, 1));
        // E[x_0 | x_t, k] = mu_k + gain_k (x_t - signal mu_k), and E[eps | x_t, k] = noise (x_t - signal mu_k) / variance_k.
        var responsibility = logDensities.softmax(1);
        var (gain, pull) = (responsibility * (signal * variances / variance), responsibility / variance);
        Tensor Centred(Tensor weights) => weights.sum(1, keepdim: true) * x - signal * weights.matmul(means);
        var clean = responsibility.matmul(means).Plus(Centred(gain));
        return (signal * noise * Centred(pull) - noise * clean).reshape(noisy.shape).to(noisy.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The logarithm of the density of x_t.</summary>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="timesteps">The paper's t in 1..T, one per row.</param>
    /// <param name="text">Factors of the components' weights [b, tokens, components], or null.</param>
    /// <returns>[b], float64. Owned by the caller.</returns>
    public Tensor LogDensity(Tensor noisy, IReadOnlyList<int> timesteps, Tensor? text = null)
    {
        using var scope = NewDisposeScope();
        return Components(noisy, Levels(noisy, timesteps), text).LogDensities.logsumexp(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        logWeights.Dispose();
        means.Dispose();
        variances.Dispose();
    }

    private Tensor Predict(Tensor noisy, NoiseLevels levels, Tensor? text)
    {
        var (x, variance, logDensities) = Components(noisy, levels, text);
        // eps = -sqrt(1 - abar) * score, and the score is the mean of the components' scores under their responsibilities.
        var share = logDensities.softmax(1) / variance;
        var pull = share.sum(1, keepdim: true) * x - levels.Signal.reshape(-1, 1) * share.matmul(means);
        return (levels.Noise.reshape(-1, 1) * pull).reshape(noisy.shape).to(noisy.dtype);
    }

    private NoiseLevels Levels(Tensor noisy, IReadOnlyList<int> timesteps)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(timesteps);
        return NoiseLevels.Of(Noise, noisy, timesteps, ScalarType.Float64);
    }

    /// <summary>Rows x [b, n], and per row and component the variance and the log of weight times density, [b, k]; all in double.</summary>
    private (Tensor X, Tensor Variance, Tensor LogDensities) Components(Tensor noisy, NoiseLevels levels, Tensor? text)
    {
        if (noisy.dim() != 4 || !noisy.shape[1..].SequenceEqual(shape))
            throw new ArgumentException(
                $"noisy has shape [{string.Join(", ", noisy.shape)}], and should have [b, {string.Join(", ", shape)}].", nameof(noisy));
        var x = noisy.to(ScalarType.Float64).flatten(1);
        var signal = levels.Signal.reshape(-1, 1);
        var variance = (signal.square() * variances).Plus(levels.Noise.reshape(-1, 1).square());
        if (levels.Noise.min().item<double>() == 0 && variances.min().item<double>() == 0)
            throw new ArgumentException("A component without spread has no density where there is no noise (abar = 1).", nameof(levels));
        var distance = (x.unsqueeze(1) - signal.unsqueeze(2) * means).square().sum(-1);
        var logDensities = LogWeights(text, noisy.shape[0]) - (distance / variance).Times(0.5) - variance.Times(2 * Math.PI).log().Times(0.5 * x.shape[1]);
        return (x, variance, logDensities);
    }

    private Tensor LogWeights(Tensor? text, long rows)
    {
        if (text is null)
            return logWeights;
        if (text.dim() != 3 || text.shape[0] != rows || text.shape[2] != logWeights.shape[0])
            throw new ArgumentException(
                $"text has shape [{string.Join(", ", text.shape)}], and should have [{rows}, tokens, {logWeights.shape[0]}].", nameof(text));
        return logWeights.Plus(text.select(1, 0).to(ScalarType.Float64).log());
    }
}
