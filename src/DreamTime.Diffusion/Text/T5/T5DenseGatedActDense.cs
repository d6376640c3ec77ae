using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The gated perceptron of T5 version 1.1: a linear layer times an activated one (Shazeer 2020, GLU variants).</summary>
internal sealed class T5DenseGatedActDense : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Linear wi_0;
    private readonly Linear wi_1;
    private readonly Linear wo;

    public T5DenseGatedActDense(T5Config config)
        : base(nameof(T5DenseGatedActDense))
    {
        activation = Activation.Named(config.Activation);
        wi_0 = new Linear(config.DModel, config.DFf, hasBias: false);
        wi_1 = new Linear(config.DModel, config.DFf, hasBias: false);
        wo = new Linear(config.DFf, config.DModel, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return wo.call(activation(wi_0.call(hidden)) * wi_1.call(hidden)).MoveToOuterDisposeScope();
    }
}
