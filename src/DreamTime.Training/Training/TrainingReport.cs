namespace DreamTime.Training;

/// <summary>Where a training run stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Images">Images seen.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="GradientNorm">Norm of the last gradient, before clipping.</param>
/// <param name="TextGradientNorm">That of the text encoder's part: 0 would mean that captions are ignored.</param>
/// <param name="LearningRate">The last step's learning rate.</param>
/// <param name="ImagesPerSecond">Since the last report.</param>
/// <param name="DataWait">Share of that time spent waiting for images.</param>
/// <param name="Seconds">Training time, earlier parts of a resumed run included.</param>
/// <param name="Progress">Share of the run that is done, 0..1.</param>
/// <param name="ValidationLoss">The averaged weights' loss on the fixed validation set, where this report follows a validation.</param>
public sealed record TrainingReport(
    long Step,
    long Images,
    double Loss,
    double GradientNorm,
    double TextGradientNorm,
    double LearningRate,
    double ImagesPerSecond,
    double DataWait,
    double Seconds,
    double Progress,
    double? ValidationLoss);
