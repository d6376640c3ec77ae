using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// A model of the noise in a noisy sample <c>x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps</c>; equally, of the score, which is
/// <c>-eps / sqrt(1 - abar_t)</c>.
/// </summary>
public interface IDenoiser : IDisposable
{
    /// <summary>The noise the model knows: T and abar.</summary>
    NoiseSchedule Noise { get; }

    /// <summary>Predicts the noise.</summary>
    /// <param name="noisy">x_t, [b, c, h, w], float32.</param>
    /// <param name="timesteps">The paper's t in 1..T, one per row.</param>
    /// <param name="text">The text embedding [b, tokens, width]; null for models without a text.</param>
    /// <returns>eps-hat [b, c, h, w]: what was added, at unit variance. Owned by the caller.</returns>
    /// <exception cref="ArgumentException">Shapes do not agree, or a t is outside 1..T.</exception>
    Tensor PredictNoise(Tensor noisy, IReadOnlyList<int> timesteps, Tensor? text);

    /// <summary>Predicts the noise where all rows are equally noisy, possibly between two trained timesteps.</summary>
    /// <param name="noisy">sqrt(abar) x_0 + sqrt(1 - abar) eps, [b, c, h, w], float32.</param>
    /// <param name="point">t and abar.</param>
    /// <param name="text">The text embedding [b, tokens, width]; null for models without a text.</param>
    /// <returns>eps-hat [b, c, h, w]. Owned by the caller.</returns>
    /// <exception cref="NotSupportedException">The model knows trained timesteps only, and this is none.</exception>
    Tensor PredictNoise(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        return double.IsInteger(point.Timestep)
            ? PredictNoise(noisy, [.. Enumerable.Repeat((int)point.Timestep, (int)noisy.shape[0])], text)
            : throw new NotSupportedException($"This model knows the {Noise.Timesteps} timesteps it was trained with, and t = {point.Timestep} is none of them.");
    }

    /// <summary>
    /// Predicts the velocity <c>v = sqrt(abar) eps - sqrt(1 - abar) x_0</c> where all rows are equally noisy. It says what the sample is at every abar; where abar is 0, and x_t is
    /// the noise itself, a prediction of the noise says nothing.
    /// </summary>
    /// <param name="noisy">sqrt(abar) x_0 + sqrt(1 - abar) eps, [b, c, h, w], float32.</param>
    /// <param name="point">t and abar.</param>
    /// <param name="text">The text embedding [b, tokens, width]; null for models without a text.</param>
    /// <returns>v-hat [b, c, h, w]. Owned by the caller.</returns>
    /// <exception cref="NotSupportedException">abar is 0, and the model predicts noise.</exception>
    Tensor PredictVelocity(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        TerminalNoise.RequireSignal(point);
        using var scope = NewDisposeScope();
        var eps = PredictNoise(noisy, point, text);
        return (eps - noisy.Times(Math.Sqrt(1 - point.AlphaBar))).Over(Math.Sqrt(point.AlphaBar)).MoveToOuterDisposeScope();
    }
}
