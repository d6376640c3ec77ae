using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A model's prediction at one timestep, read as a clean sample and as noise.</summary>
internal readonly record struct CleanPrediction(Tensor Clean, Tensor Noise)
{
    public static CleanPrediction Of(SchedulerConfig config, Tensor prediction, double alphaBar, Tensor sample)
    {
        double signal = Math.Sqrt(alphaBar), noise = Math.Sqrt(1 - alphaBar);
        if (alphaBar == 0 && config.Prediction == PredictionType.Epsilon)
            throw new ArgumentException(
                "Where abar is 0, a predicted noise says nothing about the clean sample; such a schedule needs v_prediction.", nameof(config));
        return config.Prediction switch
        {
            PredictionType.Epsilon => new(Limit(config, (sample - prediction.Times(noise)).Over(signal)), prediction),
            PredictionType.Velocity => new(Limit(config, sample.Times(signal) - prediction.Times(noise)), prediction.Times(signal).Plus(sample.Times(noise))),
            _ => new(Limit(config, prediction), (sample - prediction.Times(signal)).Over(noise)),
        };
    }

    private static Tensor Limit(SchedulerConfig config, Tensor clean)
    {
        if (config.Thresholding)
        {
            var ratio = tensor(config.DynamicThresholdingRatio, clean.dtype, clean.device);
            var threshold = quantile(clean.abs().flatten(1), ratio, 1, keepdim: true)
                .clamp(1, config.SampleMaxValue)
                .reshape(-1, 1, 1, 1);
            return minimum(maximum(clean, -threshold), threshold) / threshold;
        }
        return config.ClipSample ? clean.clamp(-config.ClipSampleRange, config.ClipSampleRange) : clean;
    }
}
