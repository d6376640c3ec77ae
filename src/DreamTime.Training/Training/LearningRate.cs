namespace DreamTime.Training;

/// <summary>Warm-up, a plateau, and a linear fall over the last part of the run.</summary>
internal static class LearningRate
{
    private const double Floor = 0.02;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="options">Peak, warm-up and the share of the fall.</param>
    /// <param name="optimizerSteps">Steps since the optimiser was fresh.</param>
    /// <param name="progress">Share of the run that is done, 0..1.</param>
    public static double At(TrainingOptions options, long optimizerSteps, double progress)
    {
        var warm = Math.Min(1, (optimizerSteps + 1.0) / Math.Max(1, options.WarmUpSteps));
        var left = options.DecayShare > 0 ? Math.Clamp((1 - progress) / options.DecayShare, 0, 1) : 1;
        return options.LearningRate * warm * (Floor + (1 - Floor) * left);
    }
}
