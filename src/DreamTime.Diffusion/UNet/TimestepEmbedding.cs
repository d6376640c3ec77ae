using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The two-layer perceptron on the sinusoidal timestep embedding, [b, in] to [b, out].</summary>
internal sealed class TimestepEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Linear linear_1;
    private readonly Linear linear_2;

    public TimestepEmbedding(int inChannels, int width, Func<Tensor, Tensor> activation)
        : base(nameof(TimestepEmbedding))
    {
        this.activation = activation;
        linear_1 = nn.Linear(inChannels, width);
        linear_2 = nn.Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor sample) => linear_2.call(activation(linear_1.call(sample)));
}
