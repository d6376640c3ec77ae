using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The pooled text that is added to the time embedding, [b,tokens,text] to [b,time].</summary>
internal sealed class TextTimeEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1;
    private readonly AttentionPooling pool;
    private readonly Linear proj;
    private readonly LayerNorm norm2;

    public TextTimeEmbedding(int textWidth, int timeWidth, int heads)
        : base(nameof(TextTimeEmbedding))
    {
        norm1 = nn.LayerNorm(textWidth);
        pool = new AttentionPooling(heads, textWidth);
        proj = new Linear(textWidth, timeWidth);
        norm2 = nn.LayerNorm(timeWidth);
        RegisterComponents();
    }

    public override Tensor forward(Tensor text)
    {
        using var scope = NewDisposeScope();
        return norm2.call(proj.call(pool.call(norm1.call(text)))).MoveToOuterDisposeScope();
    }
}
