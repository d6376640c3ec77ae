using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>What a ControlNet adds to the U-Net it was copied from.</summary>
/// <param name="Down">To each skip, in the order in which the way down leaves them.</param>
/// <param name="Middle">To the middle block's output.</param>
public sealed record ControlNetResiduals(IReadOnlyList<Tensor> Down, Tensor Middle);
