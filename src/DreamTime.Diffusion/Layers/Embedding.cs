using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A row of numbers for each id, [...] to [..., width], as PyTorch's; unlike TorchSharp's own it can be built without random rows (<see cref="Initialization"/>).</summary>
internal sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    public Embedding(long rows, long width, double deviation = 1)
        : base(nameof(Embedding))
    {
        weight = Initialization.Normal(deviation, rows, width);
        RegisterComponents();
    }

    /// <summary>[rows, width].</summary>
    public Parameter Weight => weight;

    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return weight.index_select(0, ids.flatten()).reshape([.. ids.shape, weight.shape[1]]).MoveToOuterDisposeScope();
    }
}
