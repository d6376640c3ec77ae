using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks, the last of which halves the size.</summary>
internal sealed class ResnetDownsampleBlock2D : UNetDownBlock
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<ResnetBlock2D>? downsamplers;

    public ResnetDownsampleBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(ResnetDownsampleBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Scaled(config));
        downsamplers = ResnetDownsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        foreach (var resnet in resnets)
            skips.Push(hidden = resnet.call(hidden, timeEmbedding));
        if (downsamplers is not null)
            skips.Push(hidden = downsamplers[0].call(hidden, timeEmbedding));
        return hidden;
    }
}
