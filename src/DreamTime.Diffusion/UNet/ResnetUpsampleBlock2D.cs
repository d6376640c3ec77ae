using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks on the joined skips, then one that doubles the size.</summary>
internal sealed class ResnetUpsampleBlock2D : UNetUpBlock
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<ResnetBlock2D>? upsamplers;

    public ResnetUpsampleBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(ResnetUpsampleBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Scaled(config));
        upsamplers = ResnetUpsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        using var scope = NewDisposeScope();
        foreach (var resnet in resnets)
            hidden = resnet.call(Join(hidden, skips), timeEmbedding);
        return (upsamplers?[0].call(hidden, timeEmbedding) ?? hidden).MoveToOuterDisposeScope();
    }
}
