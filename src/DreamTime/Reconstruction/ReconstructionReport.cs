namespace DreamTime;

/// <summary>How far a reconstruction is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Progress">The share of the fit that is done, 0..1.</param>
/// <param name="TrainingPsnr">Of the last steps' pixels, in dB.</param>
/// <param name="Rate">Steps a second since the beginning.</param>
/// <param name="Remaining">Time to the end of the fit.</param>
public sealed record ReconstructionReport(int Step, double Progress, double TrainingPsnr, double Rate, TimeSpan Remaining);
