using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// A sampler whose step depends on the present sample and prediction alone: from t to t - T / n. It has no state.
/// </summary>
public interface IOneStepScheduler : IScheduler
{
    /// <summary>The timesteps that are visited.</summary>
    /// <param name="steps">How many, n in 1..T.</param>
    /// <returns>The paper's t, from noisy to clean.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many timesteps.</exception>
    IReadOnlyList<int> Timesteps(int steps);

    /// <summary>Whether <see cref="Step"/> at <paramref name="timestep"/> draws on fresh noise.</summary>
    /// <param name="timestep">The paper's t.</param>
    bool NeedsNoise(int timestep);

    /// <summary>Goes one step, from t to t - T / n.</summary>
    /// <param name="prediction">What the model says at t: [b, c, h, w], or 2c channels where the variance is learned.</param>
    /// <param name="timestep">The paper's t.</param>
    /// <param name="steps">n, as given to <see cref="Timesteps"/>.</param>
    /// <param name="sample">x_t, [b, c, h, w].</param>
    /// <param name="noise">Standard normal [b, c, h, w]; null where <see cref="NeedsNoise"/> is false.</param>
    /// <returns>The next sample and the predicted clean one, owned by the caller.</returns>
    SchedulerStep Step(Tensor prediction, int timestep, int steps, Tensor sample, Tensor? noise = null);

    /// <inheritdoc/>
    ITrajectory IScheduler.Start(int steps) => new OneStepTrajectory(this, steps);
}
