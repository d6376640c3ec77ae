using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Strided 3x3 convolution, padded by one on every side: [b,c,h,w] to [b,c,ceil(h/2),ceil(w/2)].</summary>
internal sealed class Downsample2D : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv;

    public Downsample2D(int channels)
        : base(nameof(Downsample2D))
    {
        conv = new Conv2d(channels, channels, 3, stride: 2, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden) => conv.call(hidden);
}
