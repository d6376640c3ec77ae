using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual blocks, each followed by a spatial transformer, then a downsampler.</summary>
internal sealed class CrossAttnDownBlock2D : UNetDownBlock
{
    private readonly ModuleList<ResnetBlock2D> resnets;
    private readonly ModuleList<Transformer2DModel> attentions;
    private readonly ModuleList<Downsample2D>? downsamplers;

    public CrossAttnDownBlock2D(int level, UNet2DConditionConfig config)
        : base(nameof(CrossAttnDownBlock2D))
    {
        resnets = Resnets(level, config, ResnetVariant.Plain);
        attentions = new([.. resnets.Select(_ => new Transformer2DModel(level, config, config.OnlyCrossAttention[level]))]);
        downsamplers = Downsamplers(level, config);
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
            skips.Push(hidden = downsamplers[0].call(hidden));
        return hidden;
    }
}
