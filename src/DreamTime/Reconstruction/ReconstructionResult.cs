namespace DreamTime;

/// <summary>What a reconstruction left behind.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Steps">Optimisation steps done.</param>
/// <param name="Psnr">The mean over the test images of their signal-to-noise ratio, over white, in dB; at most 100 for each.</param>
/// <param name="Model">The asset, or null where no surface has formed.</param>
/// <param name="TestImages">A rendering for each test image.</param>
/// <param name="Cancelled">Whether it was stopped early.</param>
/// <param name="Warning">Why something is missing, or null.</param>
public sealed record ReconstructionResult(
    string Folder, int Steps, double Psnr, string? Model, IReadOnlyList<string> TestImages, bool Cancelled, string? Warning);
