using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A sampler's rule: which noise levels to visit, and how a prediction takes a noisy sample to the next of them.</summary>
public interface IScheduler
{
    /// <summary>The noise, the meaning of a prediction, the spacing.</summary>
    SchedulerConfig Config { get; }

    /// <summary>Starts on a way from noise to a sample.</summary>
    /// <param name="steps">How many steps, n in 1..T.</param>
    /// <returns>The way, at its beginning; owned by the caller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many timesteps.</exception>
    /// <exception cref="NotSupportedException">The rule does not work with the configuration's noise or prediction; the message says why.</exception>
    ITrajectory Start(int steps);
}

/// <summary>The outcome of a sampler's step.</summary>
/// <param name="Previous">The sample at the next, less noisy timestep.</param>
/// <param name="Clean">The clean sample that the prediction amounts to, clamped or thresholded where the configuration says so.</param>
public readonly record struct SchedulerStep(Tensor Previous, Tensor Clean);
