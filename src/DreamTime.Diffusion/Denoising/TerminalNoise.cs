using DreamTime.Schedules;

namespace DreamTime.Diffusion;

/// <summary>Noise that ends without any signal, abar_T = 0 (Lin et al. 2023, "zero terminal SNR"): what can be predicted there, and what cannot.</summary>
internal static class TerminalNoise
{
    /// <summary>Whether nothing of the sample is left at T.</summary>
    public static bool IsPure(NoiseSchedule noise) => noise.AlphaBar(noise.Timesteps) == 0;

    /// <summary>What is wrong with a model of the noise under such noise; null where nothing is.</summary>
    public static string? Problem(SchedulerConfig scheduler) =>
        IsPure(scheduler.Noise) && scheduler.Prediction == PredictionType.Epsilon
            ? $"rescale_betas_zero_snr makes abar 0 at t = {scheduler.Noise.Timesteps}, where a predicted noise (prediction_type = epsilon) says nothing of the sample; "
                + "such a model predicts the velocity (prediction_type = v_prediction)"
            : null;

    /// <summary>Refuses to make a velocity of a noise where the sample is not in it.</summary>
    public static void RequireSignal(SamplingPoint point)
    {
        if (point.AlphaBar == 0)
            throw new NotSupportedException(
                $"At t = {point.Timestep} abar is 0, and this model predicts the noise, which says nothing of the sample there; a model of the velocity (v_prediction) can begin so.");
    }
}
