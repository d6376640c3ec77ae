using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The two-layer perceptron on an embedded timestep, [b, in] to [b, out].</summary>
internal sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Func<Tensor, Tensor>? postActivation;
    private readonly Linear linear_1;
    private readonly Linear linear_2;

    public TimestepEmbedding(int inChannels, int width, Func<Tensor, Tensor> activation, Func<Tensor, Tensor>? postActivation = null)
        : base(nameof(TimestepEmbedding))
    {
        this.activation = activation;
        this.postActivation = postActivation;
        linear_1 = new Linear(inChannels, width);
        linear_2 = new Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor sample)
    {
        using var scope = NewDisposeScope();
        var embedded = linear_2.call(activation(linear_1.call(sample)));
        return (postActivation?.Invoke(embedded) ?? embedded).MoveToOuterDisposeScope();
    }
}
