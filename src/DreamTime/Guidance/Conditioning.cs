using static TorchSharp.torch;

namespace DreamTime;

/// <summary>What the prior is told: a row of text states for each view, and those of the empty prompt.</summary>
/// <param name="Text">[views, tokens, width].</param>
/// <param name="Unconditional">[1, tokens, width].</param>
public sealed record Conditioning(Tensor Text, Tensor Unconditional);
