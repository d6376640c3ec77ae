using System.Text.Json;
using DreamTime.Schedules;

namespace DreamTime.Diffusion;

/// <summary>A diffusers <c>scheduler_config.json</c>: the noise a model was trained with, and how to sample from it.</summary>
public sealed record SchedulerConfig
{
    /// <summary>The training noise: T and abar.</summary>
    public NoiseSchedule Noise { get; init; } = NoiseSchedule.StableDiffusion;

    /// <summary>What the model predicts.</summary>
    public PredictionType Prediction { get; init; } = PredictionType.Epsilon;

    /// <summary>Which timesteps are visited.</summary>
    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.Leading;

    /// <summary>Added to <see cref="TimestepSpacing.Leading"/> timesteps.</summary>
    public int StepsOffset { get; init; }

    /// <summary>Whether a step behind t = 1 has abar 1, rather than that of t = 1 (DDIM).</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>Whether the predicted clean sample is clamped to <see cref="ClipSampleRange"/>.</summary>
    public bool ClipSample { get; init; } = true;

    /// <summary>The largest absolute value of a clamped sample.</summary>
    public double ClipSampleRange { get; init; } = 1;

    /// <summary>Whether the predicted clean sample is thresholded dynamically (Saharia et al. 2022), instead of clamped.</summary>
    public bool Thresholding { get; init; }

    /// <summary>The quantile of absolute values that becomes the threshold, in 0..1.</summary>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>The largest threshold, at least 1.</summary>
    public double SampleMaxValue { get; init; } = 1;

    /// <summary>The variance of DDPM's steps.</summary>
    public DdpmVariance Variance { get; init; } = DdpmVariance.FixedSmall;

    /// <summary>Reads a <c>scheduler_config.json</c>; absent keys take diffusers' defaults.</summary>
    /// <param name="json">The text of the file.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="FormatException">The beta schedule is unknown.</exception>
    /// <exception cref="ArgumentException">A value has the wrong type or is unknown; the message names the key.</exception>
    public static SchedulerConfig Parse(string json)
    {
        var config = new ModelConfig("scheduler", json);
        var defaults = new SchedulerConfig();
        T OneOf<T>(string key, T whenAbsent, IReadOnlyDictionary<string, T> values) where T : struct =>
            !config.Has(key) ? whenAbsent
            : values.TryGetValue(config.Text(key, ""), out var value) ? value
            : throw config.Wrong(key, "one of " + string.Join(", ", values.Keys));

        return new SchedulerConfig
        {
            Noise = NoiseSchedule.FromSchedulerConfig(json),
            Prediction = OneOf("prediction_type", defaults.Prediction, Predictions),
            Spacing = OneOf("timestep_spacing", defaults.Spacing, Spacings),
            StepsOffset = config.Int("steps_offset", defaults.StepsOffset),
            SetAlphaToOne = config.Bool("set_alpha_to_one", defaults.SetAlphaToOne),
            ClipSample = config.Bool("clip_sample", defaults.ClipSample),
            ClipSampleRange = config.Double("clip_sample_range", defaults.ClipSampleRange),
            Thresholding = config.Bool("thresholding", defaults.Thresholding),
            DynamicThresholdingRatio = config.Double("dynamic_thresholding_ratio", defaults.DynamicThresholdingRatio),
            SampleMaxValue = config.Double("sample_max_value", defaults.SampleMaxValue),
            Variance = OneOf("variance_type", defaults.Variance, Variances),
        };
    }

    private static readonly Dictionary<string, PredictionType> Predictions = new()
    {
        ["epsilon"] = PredictionType.Epsilon,
        ["v_prediction"] = PredictionType.Velocity,
        ["sample"] = PredictionType.Sample,
    };

    private static readonly Dictionary<string, TimestepSpacing> Spacings = new()
    {
        ["leading"] = TimestepSpacing.Leading,
        ["linspace"] = TimestepSpacing.Linspace,
        ["trailing"] = TimestepSpacing.Trailing,
    };

    private static readonly Dictionary<string, DdpmVariance> Variances = new()
    {
        ["fixed_small"] = DdpmVariance.FixedSmall,
        ["fixed_small_log"] = DdpmVariance.FixedSmallLog,
        ["fixed_large"] = DdpmVariance.FixedLarge,
        ["learned"] = DdpmVariance.Learned,
        ["learned_range"] = DdpmVariance.LearnedRange,
    };
}
