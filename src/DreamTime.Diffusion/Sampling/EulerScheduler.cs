namespace DreamTime.Diffusion;

/// <summary>Euler's method for the probability flow in sigma (Karras et al. 2022, algorithm 1, without churn).</summary>
public sealed class EulerScheduler : IScheduler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="config">The noise and the options.</param>
    public EulerScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
    }

    /// <inheritdoc/>
    public SchedulerConfig Config { get; }

    /// <inheritdoc/>
    public ITrajectory Start(int steps) =>
        new EulerTrajectory(Config, SigmaSchedule.Of(Config, steps, Config.SigmaInterpolation, Config.UseKarrasSigmas), ancestral: false);
}
