using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The position-wise network of a transformer block: GEGLU to four times the width, and back.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> net;

    public FeedForward(int width)
        : base(nameof(FeedForward))
    {
        // The identity stands where diffusers has a dropout of rate 0: it keeps the last layer's name, net.2.
        net = nn.ModuleList<nn.Module<Tensor, Tensor>>(new GEGLU(width, 4 * width), nn.Identity(), new Linear(4 * width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var inner = net[0].call(hidden);
        return net[2].call(inner);
    }
}
