using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks, each followed by an attention to pixels and text, then a residual block that halves the size.</summary>
internal sealed class SimpleCrossAttnDownBlock2D : UNetDownBlock
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<AddedKVAttention> attentions;
    private readonly ModuleList<ResnetBlock2D>? downsamplers;

    public SimpleCrossAttnDownBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(SimpleCrossAttnDownBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Scaled(config));
        attentions = new([.. resnets.Select(_ => new AddedKVAttention(level, config, config.OnlyCrossAttention[level]))]);
        downsamplers = ResnetDownsamplers(level, config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor timeEmbedding, Tensor text, Stack<Tensor> skips)
    {
        foreach (var (resnet, attention) in resnets.Zip(attentions))
        {
            using var mixed = resnet.call(hidden, timeEmbedding);
            skips.Push(hidden = attention.call(mixed, text));
        }
        if (downsamplers is not null)
            skips.Push(hidden = downsamplers[0].call(hidden, timeEmbedding));
        return hidden;
    }
}
