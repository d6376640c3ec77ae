using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks on the joined skips, each followed by an attention to pixels and text, then a residual block that doubles the size.</summary>
internal sealed class SimpleCrossAttnUpBlock2D : UNetUpBlock
{
    private readonly ModuleList<AddedKVAttention> attentions;
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<ResnetBlock2D>? upsamplers;

    public SimpleCrossAttnUpBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(SimpleCrossAttnUpBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Scaled(config));
        attentions = new([.. resnets.Select(_ => new AddedKVAttention(level, config, config.OnlyCrossAttention[level]))]);
        upsamplers = ResnetUpsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        foreach (var (resnet, attention) in resnets.Zip(attentions))
            hidden = attention.call(resnet.call(Join(hidden, skips), timeEmbedding), text);
        return (upsamplers?[0].call(hidden, timeEmbedding) ?? hidden).MoveToOuterDisposeScope();
    }
}
