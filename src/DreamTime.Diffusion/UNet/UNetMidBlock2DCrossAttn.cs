using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A spatial transformer between two residual blocks.</summary>
internal sealed class UNetMidBlock2DCrossAttn : UNetMidBlock
{
    private readonly ModuleList<Transformer2DModel> attentions;
    private readonly ModuleList<ResnetBlock2D> resnets;

    public UNetMidBlock2DCrossAttn(UNet2DConditionConfig config)
        : base(nameof(UNetMidBlock2DCrossAttn))
    {
        attentions = new(new Transformer2DModel(config.BlockOutChannels.Count - 1, config, onlyText: false));
        resnets = Resnets(config, skipsTimeActivation: false);
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
