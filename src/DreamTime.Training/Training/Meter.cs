namespace DreamTime.Training;

/// <summary>What is measured between two reports.</summary>
internal sealed class Meter(double startSeconds)
{
    private double since = startSeconds;
    private double lossSum;
    private int steps;
    private double gradientNorm;
    private double learningRate;
    private TrainingReport? last;

    /// <summary>Seconds spent waiting for images.</summary>
    public double Waited { get; set; }

    /// <summary>The text encoder's share of the last measured gradient.</summary>
    public double TextNorm { get; set; }

    public void Add(double loss, double norm, double rate)
    {
        lossSum += loss;
        steps++;
        (gradientNorm, learningRate) = (norm, rate);
    }

    /// <summary>Reports what was measured, and begins anew.</summary>
    public TrainingReport Report(TrainingState state, TrainingOptions options, double progress, double? validationLoss)
    {
        var seconds = Math.Max(1e-9, state.Seconds - since);
        var report = new TrainingReport(
            state.Step,
            state.Step * options.Batch,
            steps > 0 ? lossSum / steps : last?.Loss ?? 0,
            gradientNorm, TextNorm, learningRate,
            steps > 0 ? steps * options.Batch / seconds : last?.ImagesPerSecond ?? 0,
            steps > 0 ? Waited / seconds : last?.DataWait ?? 0,
            state.Seconds, progress, validationLoss);
        (since, lossSum, steps, Waited) = (state.Seconds, 0, 0, 0);
        return last = report;
    }
}
