using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Pre-norm self-attention (to the text instead where <c>onlyText</c>), cross-attention to the text and feed-forward, each added to its input:
/// ([b,n,width], [b,tokens,text]) to [b,n,width].
/// </summary>
internal sealed class BasicTransformerBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly bool onlyText;
    private readonly LayerNorm norm1;
    private readonly Attention attn1;
    private readonly LayerNorm norm2;
    private readonly Attention attn2;
    private readonly LayerNorm norm3;
    private readonly FeedForward ff;

    public BasicTransformerBlock(int width, int heads, int textWidth, bool onlyText)
        : base(nameof(BasicTransformerBlock))
    {
        this.onlyText = onlyText;
        norm1 = nn.LayerNorm(width);
        attn1 = new Attention(width, onlyText ? textWidth : width, heads);
        norm2 = nn.LayerNorm(width);
        attn2 = new Attention(width, textWidth, heads);
        norm3 = nn.LayerNorm(width);
        ff = new FeedForward(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor text)
    {
        using var scope = NewDisposeScope();
        var normed = norm1.call(hidden);
        hidden = hidden.Plus(attn1.call(normed, onlyText ? text : normed));
        hidden = hidden.Plus(attn2.call(norm2.call(hidden), text));
        return hidden.Plus(ff.call(norm3.call(hidden))).MoveToOuterDisposeScope();
    }
}
