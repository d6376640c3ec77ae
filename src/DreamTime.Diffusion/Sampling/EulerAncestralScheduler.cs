namespace DreamTime.Diffusion;

/// <summary>Euler steps to below the next noise level, and fresh noise up to it, so that each level has the variance of DDPM's posterior.</summary>
public sealed class EulerAncestralScheduler : IScheduler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="config">The noise and the options.</param>
    /// <exception cref="NotSupportedException">The model predicts the clean sample, for which the reference implementation does not define this sampler.</exception>
    public EulerAncestralScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Prediction == PredictionType.Sample)
            throw new NotSupportedException("Euler ancestral is defined for predictions of the noise and of the velocity, not of the sample.");
        Config = config;
    }

    /// <inheritdoc/>
    public SchedulerConfig Config { get; }

    /// <inheritdoc/>
    public ITrajectory Start(int steps) =>
        new EulerTrajectory(Config, SigmaSchedule.Of(Config, steps, SigmaInterpolation.Linear, karras: false), ancestral: true);
}
