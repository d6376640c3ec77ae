using System.Text.Json;
using System.Text.RegularExpressions;
using DreamTime.Schedules;

namespace DreamTime.Diffusion;

/// <summary>A diffusers <c>scheduler_config.json</c>: the noise a model was trained with, and how to sample from it.</summary>
public sealed partial record SchedulerConfig
{
    /// <summary>The training noise: T and abar.</summary>
    public NoiseSchedule Noise { get; init; } = NoiseSchedule.StableDiffusion;

    /// <summary>What the model predicts.</summary>
    public PredictionType Prediction { get; init; } = PredictionType.Epsilon;

    /// <summary>
    /// Which timesteps are visited; null for the sampler's own: <see cref="TimestepSpacing.Linspace"/> for Euler's methods and DPM-Solver, else
    /// <see cref="TimestepSpacing.Leading"/>.
    /// </summary>
    public TimestepSpacing? Spacing { get; init; }

    /// <summary>Added to <see cref="TimestepSpacing.Leading"/> timesteps.</summary>
    public int StepsOffset { get; init; }

    /// <summary>Whether a step behind t = 1 has abar 1, rather than that of t = 1; null for the sampler's own: DDIM true, PNDM false.</summary>
    public bool? SetAlphaToOne { get; init; }

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

    /// <summary>Whether PNDM starts with its multistep rule at once, rather than with three Runge-Kutta steps.</summary>
    public bool SkipPrkSteps { get; init; }

    /// <summary>Where Euler's method takes its noise levels from.</summary>
    public SigmaInterpolation SigmaInterpolation { get; init; } = SigmaInterpolation.Linear;

    /// <summary>Whether the noise levels are spaced evenly in their seventh root (Karras et al. 2022, eq. 5): Euler, DPM-Solver.</summary>
    public bool UseKarrasSigmas { get; init; }

    /// <summary>DPM-Solver's order, 1 to 3.</summary>
    public int SolverOrder { get; init; } = 2;

    /// <summary>DPM-Solver's equation.</summary>
    public DpmAlgorithm Algorithm { get; init; } = DpmAlgorithm.DpmSolverPlusPlus;

    /// <summary>DPM-Solver's second order.</summary>
    public DpmSolverType SolverType { get; init; } = DpmSolverType.Midpoint;

    /// <summary>Whether DPM-Solver ends with lower orders where there are fewer than 15 steps.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>The least log signal-to-noise ratio ln(sqrt(abar) / sqrt(1 - abar)) that DPM-Solver starts at.</summary>
    public double LambdaMinClipped { get; init; } = double.NegativeInfinity;

    /// <summary>Reads a <c>scheduler_config.json</c>; absent keys take diffusers' defaults.</summary>
    /// <param name="json">The text of the file.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="FormatException">The beta schedule is unknown.</exception>
    /// <exception cref="ArgumentException">A value has the wrong type or is unknown; the message names the key.</exception>
    public static SchedulerConfig Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json = MinusInfinity().Replace(json, "$1null");
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
            Spacing = config.Has("timestep_spacing") ? OneOf("timestep_spacing", default, Spacings) : null,
            StepsOffset = config.Int("steps_offset", defaults.StepsOffset),
            SetAlphaToOne = config.Has("set_alpha_to_one") ? config.Bool("set_alpha_to_one", false) : null,
            ClipSample = config.Bool("clip_sample", defaults.ClipSample),
            ClipSampleRange = config.Double("clip_sample_range", defaults.ClipSampleRange),
            Thresholding = config.Bool("thresholding", defaults.Thresholding),
            DynamicThresholdingRatio = config.Double("dynamic_thresholding_ratio", defaults.DynamicThresholdingRatio),
            SampleMaxValue = config.Double("sample_max_value", defaults.SampleMaxValue),
            Variance = OneOf("variance_type", defaults.Variance, Variances),
            SkipPrkSteps = config.Bool("skip_prk_steps", defaults.SkipPrkSteps),
            SigmaInterpolation = OneOf("interpolation_type", defaults.SigmaInterpolation, Interpolations),
            UseKarrasSigmas = config.Bool("use_karras_sigmas", defaults.UseKarrasSigmas),
            SolverOrder = config.Int("solver_order", defaults.SolverOrder) is >= 1 and <= 3 and var order
                ? order
                : throw config.Wrong("solver_order", "1, 2 or 3"),
            Algorithm = OneOf("algorithm_type", defaults.Algorithm, Algorithms),
            SolverType = OneOf("solver_type", defaults.SolverType, SolverTypes),
            LowerOrderFinal = config.Bool("lower_order_final", defaults.LowerOrderFinal),
            LambdaMinClipped = config.Double("lambda_min_clipped", defaults.LambdaMinClipped),
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

    private static readonly Dictionary<string, SigmaInterpolation> Interpolations = new()
    {
        ["linear"] = SigmaInterpolation.Linear,
        ["log_linear"] = SigmaInterpolation.LogLinear,
    };

    private static readonly Dictionary<string, DpmAlgorithm> Algorithms = new()
    {
        ["dpmsolver"] = DpmAlgorithm.DpmSolver,
        ["dpmsolver++"] = DpmAlgorithm.DpmSolverPlusPlus,
        ["sde-dpmsolver"] = DpmAlgorithm.SdeDpmSolver,
        ["sde-dpmsolver++"] = DpmAlgorithm.SdeDpmSolverPlusPlus,
    };

    private static readonly Dictionary<string, DpmSolverType> SolverTypes = new()
    {
        ["midpoint"] = DpmSolverType.Midpoint,
        ["heun"] = DpmSolverType.Heun,
    };

    /// <summary>Python writes this default as a word that is not JSON, or as a string; absent means the same.</summary>
    [GeneratedRegex("""("lambda_min_clipped"\s*:\s*)("-inf"|-Infinity)""")]
    private static partial Regex MinusInfinity();
}
