using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Strided 3x3 convolution, padded by one at the right and the bottom only: [b,c,h,w] to [b,c,floor(h/2),floor(w/2)].</summary>
internal sealed class AsymmetricDownsample2D : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv;

    public AsymmetricDownsample2D(int channels)
        : base(nameof(AsymmetricDownsample2D))
    {
        conv = new Conv2d(channels, channels, 3, stride: 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var padded = nn.functional.pad(hidden, [0, 1, 0, 1]);
        return conv.call(padded);
    }
}
