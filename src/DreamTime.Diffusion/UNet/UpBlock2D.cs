using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks on the joined skips, then an upsampler.</summary>
internal sealed class UpBlock2D : UNetUpBlock
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<Upsample2D>? upsamplers;

    public UpBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(UpBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Plain);
        upsamplers = Upsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        foreach (var resnet in resnets)
            hidden = resnet.call(Join(hidden, skips), timeEmbedding);
        return (upsamplers?[0].call(hidden, NextSize(skips)) ?? hidden).MoveToOuterDisposeScope();
    }
}
