using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The two-layer perceptron of the first T5.</summary>
internal sealed class T5DenseActDense : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Linear wi;
    private readonly Linear wo;

    public T5DenseActDense(T5Config config)
        : base(nameof(T5DenseActDense))
    {
        activation = Activation.Named(config.Activation);
        wi = new Linear(config.DModel, config.DFf, hasBias: false);
        wo = new Linear(config.DFf, config.DModel, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return wo.call(activation(wi.call(hidden))).MoveToOuterDisposeScope();
    }
}
