using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Multi-head self-attention; in the text a token sees only itself and those before it.</summary>
internal sealed class CLIPAttention : nn.Module<Tensor, Tensor>
{
    private readonly int heads;
    private readonly bool causal;
    private readonly Linear k_proj;
    private readonly Linear v_proj;
    private readonly Linear q_proj;
    private readonly Linear out_proj;

    public CLIPAttention(CLIPLayerConfig config)
        : base(nameof(CLIPAttention))
    {
        heads = config.NumAttentionHeads;
        causal = config.Causal;
        var width = config.HiddenSize;
        k_proj = new Linear(width, width);
        v_proj = new Linear(width, width);
        q_proj = new Linear(width, width);
        out_proj = new Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var attended = nn.functional.scaled_dot_product_attention(
            Split(q_proj.call(hidden)), Split(k_proj.call(hidden)), Split(v_proj.call(hidden)), is_casual: causal);
        return out_proj.call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Split(Tensor states) => states.unflatten(2, [heads, -1]).transpose(1, 2);
}
