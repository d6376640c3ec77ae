using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Linear layer, [..., in] to [..., out], as PyTorch's; unlike TorchSharp's own it can be built without random weights (<see cref="Initialization"/>).</summary>
internal sealed class Linear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public Linear(long inputs, long outputs, bool hasBias = true)
        : base(nameof(Linear))
    {
        weight = Initialization.Uniform(inputs, outputs, inputs);
        bias = hasBias ? Initialization.Uniform(inputs, outputs) : null;
        RegisterComponents();
    }

    /// <summary>[out, in].</summary>
    public Parameter Weight => weight;

    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);
}
