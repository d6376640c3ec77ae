using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>An attention to pixels and text between two residual blocks.</summary>
internal sealed class UNetMidBlock2DSimpleCrossAttn : UNetMidBlock
{
    private readonly ModuleList<AddedKVAttention> attentions;
    private readonly ModuleList<ResnetBlock2D> resnets;

    public UNetMidBlock2DSimpleCrossAttn(UNet2DConditionConfig config)
        : base(nameof(UNetMidBlock2DSimpleCrossAttn))
    {
        attentions = new(new AddedKVAttention(config.BlockOutChannels.Count - 1, config, config.MidBlockOnlyCrossAttention));
        resnets = Resnets(config, config.ResnetSkipTimeAct);
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
