using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Normalisation by the root mean square, without mean and without bias (Zhang and Sennrich 2019).</summary>
internal sealed class T5LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly double epsilon;
    private readonly TorchSharp.Modules.Parameter weight;

    public T5LayerNorm(int width, double epsilon)
        : base(nameof(T5LayerNorm))
    {
        this.epsilon = epsilon;
        weight = nn.Parameter(ones(width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        // The squares are summed in float32, whatever the states are: half precision overflows.
        var variance = hidden.to(ScalarType.Float32).square().mean([-1], keepdim: true);
        return (weight * (hidden * variance.Plus(epsilon).rsqrt()).to(weight.dtype)).MoveToOuterDisposeScope();
    }
}
