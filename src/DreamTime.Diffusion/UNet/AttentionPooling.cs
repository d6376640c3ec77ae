using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>One vector for all tokens, [b,tokens,width] to [b,width]: their mean, as one more token, attends to them and itself.</summary>
internal sealed class AttentionPooling : nn.Module<Tensor, Tensor>
{
    private readonly int heads;
    private readonly Parameter positional_embedding;
    private readonly Linear k_proj;
    private readonly Linear q_proj;
    private readonly Linear v_proj;

    public AttentionPooling(int heads, int width)
        : base(nameof(AttentionPooling))
    {
        this.heads = heads;
        positional_embedding = nn.Parameter(randn(1, width).Over(Math.Sqrt(width)));
        k_proj = new Linear(width, width);
        q_proj = new Linear(width, width);
        v_proj = new Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var mean = tokens.mean([1], keepdim: true).Plus(positional_embedding);
        var all = cat([mean, tokens], 1);
        var pooled = nn.functional.scaled_dot_product_attention(Split(q_proj.call(mean)), Split(k_proj.call(all)), Split(v_proj.call(all)));
        return pooled.transpose(1, 2).flatten(1).MoveToOuterDisposeScope();
    }

    private Tensor Split(Tensor states) => states.unflatten(2, [heads, -1]).transpose(1, 2);
}
