using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks, then a downsampler.</summary>
internal sealed class DownBlock2D : UNetDownBlock
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<Downsample2D>? downsamplers;

    public DownBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(DownBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Plain);
        downsamplers = Downsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        foreach (var resnet in resnets)
            skips.Push(hidden = resnet.call(hidden, timeEmbedding));
        if (downsamplers is not null)
            skips.Push(hidden = downsamplers[0].call(hidden));
        return hidden;
    }
}
