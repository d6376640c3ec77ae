namespace DreamTime;

/// <summary>What a run left behind.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="StepsDone">Steps done; fewer than asked for where the run was cancelled.</param>
/// <param name="Cancelled">Whether it was cancelled.</param>
/// <param name="Model">The GLB, or <c>null</c> where there is none: an image run, or no surface formed.</param>
/// <param name="Picture">The turntable, or the image of an image run.</param>
/// <param name="Warning">Why something is missing, or <c>null</c>.</param>
public sealed record GenerationResult(string Folder, int StepsDone, bool Cancelled, string? Model, string? Picture, string? Warning);
