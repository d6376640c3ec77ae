using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Signal <c>sqrt(abar_t)</c> and noise <c>sqrt(1 - abar_t)</c> of each row, [b, 1, 1, 1], computed in double.</summary>
internal readonly record struct NoiseLevels(Tensor Signal, Tensor Noise)
{
    public static NoiseLevels Of(NoiseSchedule noise, Tensor noisy, IReadOnlyList<int> timesteps, ScalarType type)
    {
        if (noisy.dim() == 4 && timesteps.Count != noisy.shape[0])
            throw new ArgumentException(
                $"There are {timesteps.Count} timesteps for {noisy.shape[0]} rows; each row has one.", nameof(timesteps));
        return Of([.. timesteps.Select(noise.AlphaBar)], noisy, type);
    }

    /// <summary>The same from abar, of each row or of all.</summary>
    public static NoiseLevels Of(double[] alphaBars, Tensor noisy, ScalarType type)
    {
        if (noisy.dim() != 4)
            throw new ArgumentException(
                $"noisy has shape [{string.Join(", ", noisy.shape)}], and should have [b, c, h, w].", nameof(noisy));
        Tensor Column(Func<double, double> level) =>
            tensor(alphaBars.Select(level).ToArray(), device: noisy.device).to(type).reshape(-1, 1, 1, 1);
        return new NoiseLevels(Column(Math.Sqrt), Column(alphaBar => Math.Sqrt(1 - alphaBar)));
    }

    /// <summary>The noise that a network's output amounts to.</summary>
    public Tensor NoiseOf(PredictionType prediction, Tensor output, Tensor noisy) => prediction switch
    {
        PredictionType.Epsilon => output,
        PredictionType.Velocity => (Signal * output).Plus(Noise * noisy),
        _ => (noisy - Signal * output) / Noise,
    };

    /// <summary>The velocity that a network's output amounts to; of a predicted noise only where there is a signal.</summary>
    public Tensor VelocityOf(PredictionType prediction, Tensor output, Tensor noisy) => prediction switch
    {
        PredictionType.Epsilon => (output - Noise * noisy) / Signal,
        PredictionType.Velocity => output,
        _ => (Signal * noisy - output) / Noise,
    };
}
