using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The two-layer perceptron of a layer.</summary>
internal sealed class CLIPMLP : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Linear fc1;
    private readonly Linear fc2;

    public CLIPMLP(CLIPLayerConfig config)
        : base(nameof(CLIPMLP))
    {
        activation = Activation.Named(config.HiddenAct);
        fc1 = new Linear(config.HiddenSize, config.IntermediateSize);
        fc2 = new Linear(config.IntermediateSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return fc2.call(activation(fc1.call(hidden))).MoveToOuterDisposeScope();
    }
}
