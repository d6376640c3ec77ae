using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Self-attention of all pixels of [b,c,h,w] with a single head of full width, normalised before and added to its input.</summary>
internal sealed class AttentionBlock : nn.Module<Tensor, Tensor>
{
    private readonly GroupNorm group_norm;
    private readonly Linear to_q;
    private readonly Linear to_k;
    private readonly Linear to_v;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> to_out;

    public AttentionBlock(int channels, int groups)
        : base(nameof(AttentionBlock))
    {
        group_norm = new GroupNorm(groups, channels, AutoencoderResnetBlock2D.NormEpsilon);
        to_q = new Linear(channels, channels);
        to_k = new Linear(channels, channels);
        to_v = new Linear(channels, channels);
        to_out = nn.ModuleList<nn.Module<Tensor, Tensor>>(new Linear(channels, channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = group_norm.call(input).permute(0, 2, 3, 1).flatten(1, 2);
        var attended = nn.functional.scaled_dot_product_attention(OneHead(to_q), OneHead(to_k), OneHead(to_v)).squeeze(1);
        var map = to_out[0].call(attended).unflatten(1, [input.shape[2], input.shape[3]]).permute(0, 3, 1, 2);
        return map.Plus(input).MoveToOuterDisposeScope();

        Tensor OneHead(Linear projection) => projection.call(tokens).unsqueeze(1);
    }
}
