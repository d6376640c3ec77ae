namespace DreamTime;

/// <summary>What the guidance says of a batch of views.</summary>
/// <param name="Color">dL/dColor, [views, 3, height, width].</param>
/// <param name="ResidualRms">The root mean square of eps_hat - eps: near 1 the prior sees no object it knows, it falls as one appears.</param>
public sealed record DistillationGradient(float[] Color, double ResidualRms);
