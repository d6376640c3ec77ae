using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Pre-norm perceptron, added to its input.</summary>
internal sealed class T5LayerFF : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> DenseReluDense;
    private readonly T5LayerNorm layer_norm;

    public T5LayerFF(T5Config config)
        : base(nameof(T5LayerFF))
    {
        DenseReluDense = config.IsGated ? new T5DenseGatedActDense(config) : new T5DenseActDense(config);
        layer_norm = new T5LayerNorm(config.DModel, config.LayerNormEpsilon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return hidden.Plus(DenseReluDense.call(layer_norm.call(hidden))).MoveToOuterDisposeScope();
    }
}
