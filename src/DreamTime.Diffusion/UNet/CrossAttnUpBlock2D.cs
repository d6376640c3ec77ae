using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks on the joined skips, each followed by a spatial transformer, then an upsampler.</summary>
internal sealed class CrossAttnUpBlock2D : UNetUpBlock
{
    private readonly ModuleList<Transformer2DModel> attentions;
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<Upsample2D>? upsamplers;

    public CrossAttnUpBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(CrossAttnUpBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Plain);
        attentions = new([.. resnets.Select(_ => new Transformer2DModel(level, config, config.OnlyCrossAttention[level]))]);
        upsamplers = Upsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        foreach (var (resnet, attention) in resnets.Zip(attentions))
            hidden = attention.call(resnet.call(Join(hidden, skips), timeEmbedding), text);
        return (upsamplers?[0].call(hidden, NextSize(skips)) ?? hidden).MoveToOuterDisposeScope();
    }
}
