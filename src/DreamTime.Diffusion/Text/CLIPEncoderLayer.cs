using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Pre-norm self-attention and perceptron, each added to its input.</summary>
internal sealed class CLIPEncoderLayer : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm layer_norm1;
    private readonly CLIPAttention self_attn;
    private readonly LayerNorm layer_norm2;
    private readonly CLIPMLP mlp;

    public CLIPEncoderLayer(CLIPLayerConfig config)
        : base(nameof(CLIPEncoderLayer))
    {
        layer_norm1 = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        self_attn = new CLIPAttention(config);
        layer_norm2 = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        mlp = new CLIPMLP(config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        hidden = hidden.Plus(self_attn.call(layer_norm1.call(hidden)));
        return hidden.Plus(mlp.call(layer_norm2.call(hidden))).MoveToOuterDisposeScope();
    }
}
