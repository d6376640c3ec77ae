using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Multi-head self-attention, whose scores are not scaled but biased by the distance of the tokens: ([b,tokens,width], bias) to [b,tokens,width].</summary>
internal sealed class T5Attention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly T5Config config;
    private readonly Linear q;
    private readonly Linear k;
    private readonly Linear v;
    private readonly Linear o;
    private readonly Embedding? relative_attention_bias;

    public T5Attention(T5Config config, bool hasPositionBias)
        : base(nameof(T5Attention))
    {
        this.config = config;
        int inner = config.NumHeads * config.DKv;
        q = new Linear(config.DModel, inner, hasBias: false);
        k = new Linear(config.DModel, inner, hasBias: false);
        v = new Linear(config.DModel, inner, hasBias: false);
        o = new Linear(inner, config.DModel, hasBias: false);
        relative_attention_bias = hasPositionBias ? new Embedding(config.RelativeAttentionNumBuckets, config.NumHeads) : null;
        RegisterComponents();
    }

    /// <summary>The learnt bias of each head for each distance, [1, heads, tokens, tokens].</summary>
    public Tensor PositionBias(int tokens)
    {
        if (relative_attention_bias is null)
            throw new InvalidOperationException("Only the first block has a position bias.");
        using var scope = NewDisposeScope();
        var positions = arange(tokens, ScalarType.Int64, relative_attention_bias.Weight.device);
        var buckets = T5PositionBuckets.Of(
            positions.unsqueeze(0) - positions.unsqueeze(1), config.RelativeAttentionNumBuckets, config.RelativeAttentionMaxDistance);
        return relative_attention_bias.call(buckets).permute(2, 0, 1).unsqueeze(0).MoveToOuterDisposeScope();
    }

    public override Tensor forward(Tensor hidden, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var scores = Split(q.call(hidden)).matmul(Split(k.call(hidden)).transpose(2, 3)).Plus(bias);
        var attended = scores.softmax(-1).matmul(Split(v.call(hidden)));
        return o.call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Split(Tensor states) => states.unflatten(2, [config.NumHeads, config.DKv]).transpose(1, 2);
}
