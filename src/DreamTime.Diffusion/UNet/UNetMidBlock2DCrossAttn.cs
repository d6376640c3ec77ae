using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The coarsest resolution's middle: a spatial transformer between two residual blocks.</summary>
internal sealed class UNetMidBlock2DCrossAttn : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly ModuleList<Transformer2DModel> attentions;
    private readonly ModuleList<ResnetBlock2D> resnets;

    public UNetMidBlock2DCrossAttn(UNet2DConditionConfig config)
        : base(nameof(UNetMidBlock2DCrossAttn))
    {
        var level = config.BlockOutChannels.Count - 1;
        var channels = config.BlockOutChannels[level];
        attentions = new(new Transformer2DModel(level, config));
        resnets = new(new ResnetBlock2D(channels, channels, config), new ResnetBlock2D(channels, channels, config));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text)
    {
        using var scope = NewDisposeScope();
        hidden = resnets[0].call(hidden, timeEmbedding);
        hidden = attentions[0].call(hidden, text);
        return resnets[1].call(hidden, timeEmbedding).MoveToOuterDisposeScope();
    }
}
