using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// A sampler's rule: which timesteps to visit, and how a prediction takes a noisy sample to the next of them. It has no state.
/// </summary>
public interface IScheduler
{
    /// <summary>The noise, the meaning of a prediction, the spacing.</summary>
    SchedulerConfig Config { get; }

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
}

/// <summary>The outcome of a sampler's step.</summary>
/// <param name="Previous">The sample at the next, less noisy timestep.</param>
/// <param name="Clean">The clean sample that the prediction amounts to, clamped or thresholded where the configuration says so.</param>
public readonly record struct SchedulerStep(Tensor Previous, Tensor Clean);
