using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A model of the noise that may also say how far DDPM's steps should scatter (Nichol and Dhariwal 2021).</summary>
public interface IVarianceDenoiser : IDenoiser
{
    /// <summary>Whether it does.</summary>
    bool PredictsVariance { get; }

    /// <summary>Predicts both, where all rows are equally noisy.</summary>
    /// <param name="noisy">sqrt(abar) x_0 + sqrt(1 - abar) eps, [b, c, h, w], float32.</param>
    /// <param name="point">t and abar.</param>
    /// <param name="text">The text embedding [b, tokens, width].</param>
    /// <returns>[b, 2c, h, w]: eps-hat, then what <see cref="DdpmScheduler"/> takes for the variance. Owned by the caller.</returns>
    /// <exception cref="NotSupportedException">The model predicts no variance.</exception>
    Tensor PredictNoiseAndVariance(Tensor noisy, SamplingPoint point, Tensor? text);
}
