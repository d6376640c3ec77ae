using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Nearest-neighbour enlargement to a given height and width, then a 3x3 convolution.</summary>
internal sealed class Upsample2D : nn.Module<Tensor, long[], Tensor>
{
    private readonly Conv2d conv;

    public Upsample2D(int channels)
        : base(nameof(Upsample2D))
    {
        conv = new Conv2d(channels, channels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, long[] size)
    {
        using var enlarged = nn.functional.interpolate(hidden, size, mode: InterpolationMode.Nearest);
        return conv.call(enlarged);
    }
}
