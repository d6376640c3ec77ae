using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>One resolution of the decoder: residual blocks, one more than the encoder's, then an upsampler at all but the finest.</summary>
internal sealed class UpDecoderBlock2D : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<AutoencoderResnetBlock2D> resnets;
    private readonly ModuleList<Upsample2D>? upsamplers;

    public UpDecoderBlock2D(int level, AutoencoderKLConfig config)
        : base(nameof(UpDecoderBlock2D))
    {
        var channels = config.BlockOutChannels[level];
        var coarser = config.BlockOutChannels[Math.Min(level + 1, config.BlockOutChannels.Count - 1)];
        resnets = new([.. Enumerable
            .Range(0, config.LayersPerBlock + 1)
            .Select(layer => new AutoencoderResnetBlock2D(layer == 0 ? coarser : channels, channels, config))]);
        upsamplers = level == 0 ? null : new(new Upsample2D(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        foreach (var resnet in resnets)
            hidden = resnet.call(hidden);
        return (upsamplers?[0].call(hidden, [2 * hidden.shape[2], 2 * hidden.shape[3]]) ?? hidden).MoveToOuterDisposeScope();
    }
}
