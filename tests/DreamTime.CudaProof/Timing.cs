namespace DreamTime.CudaProof;

/// <summary>How long something took.</summary>
/// <param name="Name">What.</param>
/// <param name="Milliseconds">The median of several runs after a warm-up, between two events of the GPU.</param>
/// <param name="Samples">Points in space that it worked on.</param>
/// <param name="Bytes">The fewest that it must move: each input read and each output written once. For gathers and additions into tables, the bytes asked for.</param>
/// <param name="Operations">Floating-point operations, a fused multiply-add as two.</param>
internal sealed record Timing(string Name, double Milliseconds, double Samples, double Bytes, double Operations);
