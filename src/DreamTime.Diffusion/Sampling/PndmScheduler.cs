namespace DreamTime.Diffusion;

/// <summary>
/// PNDM (Liu et al. 2022): the linear multistep method of Adams and Bashforth on the pseudo-numerical manifold (PLMS), started with three
/// Runge-Kutta steps (PRK), or, where <see cref="SchedulerConfig.SkipPrkSteps"/> says so, with a first step taken twice.
/// </summary>
public sealed class PndmScheduler : IScheduler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="config">The noise and the options.</param>
    /// <exception cref="NotSupportedException">The model predicts the clean sample, for which PNDM is not defined.</exception>
    public PndmScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Prediction == PredictionType.Sample)
            throw new NotSupportedException("PNDM is defined for predictions of the noise and of the velocity, not of the sample.");
        Config = config;
    }

    /// <inheritdoc/>
    public SchedulerConfig Config { get; }

    /// <inheritdoc/>
    /// <remarks>The model is asked n + 1 times, or, with Runge-Kutta steps, n + 9 times; these need n to be at least 4.</remarks>
    public ITrajectory Start(int steps) => new PndmTrajectory(Config, PndmMove.All(Config, steps));
}
