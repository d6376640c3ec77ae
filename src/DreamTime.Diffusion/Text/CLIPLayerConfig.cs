namespace DreamTime.Diffusion;

/// <summary>What CLIP's text and image transformers have in common.</summary>
/// <remarks>Causal: a token sees only itself and those before it.</remarks>
internal sealed record CLIPLayerConfig(
    int HiddenSize, int IntermediateSize, int NumHiddenLayers, int NumAttentionHeads, string HiddenAct, double LayerNormEps, bool Causal);
