using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The coarsest resolution's middle: attention of all pixels between two residual blocks.</summary>
internal sealed class UNetMidBlock2D : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<AttentionBlock> attentions;
    private readonly ModuleList<AutoencoderResnetBlock2D> resnets;

    public UNetMidBlock2D(int channels, AutoencoderKLConfig config)
        : base(nameof(UNetMidBlock2D))
    {
        attentions = new(new AttentionBlock(channels, config.NormNumGroups));
        resnets = new(new AutoencoderResnetBlock2D(channels, channels, config), new AutoencoderResnetBlock2D(channels, channels, config));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return resnets[1].call(attentions[0].call(resnets[0].call(hidden))).MoveToOuterDisposeScope();
    }
}
