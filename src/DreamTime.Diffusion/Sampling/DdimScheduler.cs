using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>DDIM (Song et al. 2021, eq. 12): deterministic with eta 0, DDPM-like with eta 1.</summary>
public sealed class DdimScheduler : IOneStepScheduler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="config">The noise and the options.</param>
    /// <param name="eta">How much of DDPM's noise each step adds, from 0.</param>
    public DdimScheduler(SchedulerConfig config, double eta = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!(eta >= 0 && double.IsFinite(eta)))
            throw new ArgumentOutOfRangeException(nameof(eta), eta, "eta must be a number from 0.");
        Config = config;
        Eta = eta;
    }

    /// <inheritdoc/>
    public SchedulerConfig Config { get; }

    /// <summary>How much of DDPM's noise each step adds.</summary>
    public double Eta { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Timesteps(int steps) => VisitedTimesteps.Of(Config, steps);

    /// <inheritdoc/>
    public bool NeedsNoise(int timestep) => Eta > 0;

    /// <inheritdoc/>
    public SchedulerStep Step(Tensor prediction, int timestep, int steps, Tensor sample, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(sample);
        if (NeedsNoise(timestep) && noise is null)
            throw new ArgumentNullException(nameof(noise), $"With eta {Eta} a step needs noise.");
        var schedule = Config.Noise;
        int previous = timestep - schedule.Timesteps / steps;
        double alphaBar = schedule.AlphaBar(timestep);
        double before = previous >= 1 ? schedule.AlphaBar(previous) : Config.SetAlphaToOne ?? true ? 1 : schedule.AlphaBar(1);
        double deviation = Eta * Math.Sqrt((1 - before) / (1 - alphaBar) * (1 - alphaBar / before));

        using var scope = NewDisposeScope();
        var (clean, eps) = CleanPrediction.Of(Config, prediction, alphaBar, sample);
        var next = clean.Times(Math.Sqrt(before)).Plus(eps.Times(Math.Sqrt(1 - before - deviation * deviation)));
        if (deviation > 0)
            next = next.Plus(noise!.Times(deviation));
        return new SchedulerStep(next.MoveToOuterDisposeScope(), clean.alias().MoveToOuterDisposeScope());
    }
}
