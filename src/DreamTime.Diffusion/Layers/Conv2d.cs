using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Square convolution of [b, in, h, w], as PyTorch's; unlike TorchSharp's own it can be built without random weights (<see cref="Initialization"/>).</summary>
internal sealed class Conv2d : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly long[] stride;
    private readonly long[] padding;

    public Conv2d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, bool hasBias = true)
        : base(nameof(Conv2d))
    {
        weight = Initialization.Uniform(inputs * kernel * kernel, outputs, inputs, kernel, kernel);
        bias = hasBias ? Initialization.Uniform(inputs * kernel * kernel, outputs) : null;
        this.stride = [stride, stride];
        this.padding = [padding, padding];
        RegisterComponents();
    }

    /// <summary>[out, in, kernel, kernel].</summary>
    public Parameter Weight => weight;

    /// <summary>This convolution, with 0 for all its numbers: what a ControlNet joins in with.</summary>
    public Conv2d Zeroed()
    {
        foreach (var parameter in parameters())
            nn.init.zeros_(parameter);
        return this;
    }

    public override Tensor forward(Tensor input) => nn.functional.conv2d(input, weight, bias, stride, padding);
}
