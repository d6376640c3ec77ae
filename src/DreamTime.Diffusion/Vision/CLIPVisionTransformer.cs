using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From pixels [b,3,s,s] to the last states [b,1+patches,width] and the normalised one of the whole image [b,width].</summary>
internal sealed class CLIPVisionTransformer : nn.Module<Tensor, (Tensor LastHiddenState, Tensor Pooled)>
{
    private readonly CLIPVisionEmbeddings embeddings;
    // Not a slip of ours: the weights' name in every published file.
    private readonly LayerNorm pre_layrnorm;
    private readonly CLIPEncoder encoder;
    private readonly LayerNorm post_layernorm;

    public CLIPVisionTransformer(CLIPVisionConfig config)
        : base(nameof(CLIPVisionTransformer))
    {
        embeddings = new CLIPVisionEmbeddings(config);
        pre_layrnorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        encoder = new CLIPEncoder(config.Layers);
        post_layernorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public override (Tensor LastHiddenState, Tensor Pooled) forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var states = encoder.call(pre_layrnorm.call(embeddings.call(pixels)));
        return (states.MoveToOuterDisposeScope(), post_layernorm.call(states[TensorIndex.Colon, 0]).MoveToOuterDisposeScope());
    }
}
