using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual block of two convolutions that knows no timestep: [b,in,h,w] to [b,out,h,w].</summary>
internal sealed class AutoencoderResnetBlock2D : nn.Module<Tensor, Tensor>
{
    /// <summary>Epsilon of all the autoencoder's normalisations; its configuration does not name it.</summary>
    public const double NormEpsilon = 1e-6;

    private readonly Func<Tensor, Tensor> activation;
    private readonly GroupNorm norm1;
    private readonly Conv2d conv1;
    private readonly GroupNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? conv_shortcut;

    public AutoencoderResnetBlock2D(int inChannels, int outChannels, AutoencoderKLConfig config)
        : base(nameof(AutoencoderResnetBlock2D))
    {
        activation = Activation.Named(config.ActFn);
        norm1 = new GroupNorm(config.NormNumGroups, inChannels, NormEpsilon);
        conv1 = new Conv2d(inChannels, outChannels, 3, padding: 1);
        norm2 = new GroupNorm(config.NormNumGroups, outChannels, NormEpsilon);
        conv2 = new Conv2d(outChannels, outChannels, 3, padding: 1);
        conv_shortcut = inChannels == outChannels ? null : new Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = conv1.call(activation(norm1.call(input)));
        hidden = conv2.call(activation(norm2.call(hidden)));
        return (conv_shortcut?.call(input) ?? input).Plus(hidden).MoveToOuterDisposeScope();
    }
}
