using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// One way from noise to a sample, walked step by step. Rules that look back keep what they need in here, so that a way is walked once.
/// </summary>
public interface ITrajectory : IDisposable
{
    /// <summary>Where the model is asked, in this order; a rule may ask twice at the same place.</summary>
    IReadOnlyList<SamplingPoint> Points { get; }

    /// <summary>The standard deviation of the noise that the way starts from.</summary>
    double InitialDeviation { get; }

    /// <summary>Whether the next <see cref="Step"/> draws on fresh noise.</summary>
    bool NeedsNoise { get; }

    /// <summary>What the model is asked about at the next point: the sample at the scale the model knows, sqrt(abar) x_0 + sqrt(1 - abar) eps.</summary>
    /// <param name="sample">The present sample, [b, c, h, w].</param>
    /// <returns>The sample itself where that is its scale already, or a new tensor in the caller's dispose scope.</returns>
    Tensor ScaleInput(Tensor sample);

    /// <summary>Goes from the next point on.</summary>
    /// <param name="prediction">What the model says: [b, c, h, w], or 2c channels where the variance is learned.</param>
    /// <param name="sample">The present sample, [b, c, h, w], before <see cref="ScaleInput"/>.</param>
    /// <param name="noise">Standard normal [b, c, h, w]; null where <see cref="NeedsNoise"/> is false.</param>
    /// <returns>The next sample and the predicted clean one, owned by the caller.</returns>
    /// <exception cref="InvalidOperationException">The way is at its end.</exception>
    SchedulerStep Step(Tensor prediction, Tensor sample, Tensor? noise = null);
}
