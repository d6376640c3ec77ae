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
}
