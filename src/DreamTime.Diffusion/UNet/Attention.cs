using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Multi-head attention of [b,n,width] queries on [b,m,context] keys and values, to [b,n,width].</summary>
internal sealed class Attention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int heads;
    private readonly Linear to_q;
    private readonly Linear to_k;
    private readonly Linear to_v;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> to_out;

    public Attention(int width, int contextWidth, int heads)
        : base(nameof(Attention))
    {
        this.heads = heads;
        to_q = new Linear(width, width, hasBias: false);
        to_k = new Linear(contextWidth, width, hasBias: false);
        to_v = new Linear(contextWidth, width, hasBias: false);
        to_out = nn.ModuleList<nn.Module<Tensor, Tensor>>(new Linear(width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor context)
    {
        using var scope = NewDisposeScope();
        var attended = nn.functional.scaled_dot_product_attention(
            Split(to_q.call(hidden)), Split(to_k.call(context)), Split(to_v.call(context)));
        return to_out[0].call(attended.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Split(Tensor states) => states.unflatten(2, [heads, -1]).transpose(1, 2);
}
