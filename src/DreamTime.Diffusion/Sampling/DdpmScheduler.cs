using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>DDPM's ancestral sampling (Ho et al. 2020, eq. 7), on a subset of the timesteps.</summary>
public sealed class DdpmScheduler : IOneStepScheduler
{
    private const double SmallestVariance = 1e-20;

    /// <summary>Makes the sampler.</summary>
    /// <param name="config">The noise and the options.</param>
    public DdpmScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
    }

    /// <inheritdoc/>
    public SchedulerConfig Config { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Timesteps(int steps) => VisitedTimesteps.Of(Config, steps);

    /// <inheritdoc/>
    public bool NeedsNoise(int timestep) => timestep > 1;

    /// <inheritdoc/>
    public SchedulerStep Step(Tensor prediction, int timestep, int steps, Tensor sample, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(sample);
        if (NeedsNoise(timestep) && noise is null)
            throw new ArgumentNullException(nameof(noise), $"The step at t = {timestep} needs noise.");
        var schedule = Config.Noise;
        int previous = timestep - schedule.Timesteps / steps;
        double alphaBar = schedule.AlphaBar(timestep);
        double before = previous >= 1 ? schedule.AlphaBar(previous) : 1;
        double alpha = alphaBar / before, beta = 1 - alpha;

        using var scope = NewDisposeScope();
        bool learned = Config.Variance is DdpmVariance.Learned or DdpmVariance.LearnedRange;
        var halves = learned ? Halves(prediction, sample) : [prediction];
        var (clean, _) = CleanPrediction.Of(Config, halves[0], alphaBar, sample);
        var next = clean.Times(Math.Sqrt(before) * beta / (1 - alphaBar)).Plus(sample.Times(Math.Sqrt(alpha) * (1 - before) / (1 - alphaBar)));
        double posterior = Math.Max((1 - before) / (1 - alphaBar) * beta, SmallestVariance);
        if (NeedsNoise(timestep))
            next = next.Plus(Deviation(posterior, beta, learned ? halves[1] : null, sample) * noise!);
        return new SchedulerStep(next.MoveToOuterDisposeScope(), clean.alias().MoveToOuterDisposeScope());
    }

    /// <summary>The standard deviation of the step: a scalar, or one per element where it is learned.</summary>
    private Tensor Deviation(double posterior, double beta, Tensor? learned, Tensor sample) => Config.Variance switch
    {
        DdpmVariance.FixedLarge => tensor(Math.Sqrt(beta), sample.dtype, sample.device),
        DdpmVariance.Learned => learned!.sqrt(),
        DdpmVariance.LearnedRange => learned!.Plus(1).Over(2).Times(Math.Log(beta) - Math.Log(posterior)).Plus(Math.Log(posterior)).Times(0.5).exp(),
        _ => tensor(Math.Sqrt(posterior), sample.dtype, sample.device),
    };

    private static Tensor[] Halves(Tensor prediction, Tensor sample) =>
        prediction.shape[1] == 2 * sample.shape[1]
            ? prediction.chunk(2, 1)
            : throw new ArgumentException(
                $"prediction has {prediction.shape[1]} channels, and should have {2 * sample.shape[1]}: the sample's, and as many for the variance.",
                nameof(prediction));
}
