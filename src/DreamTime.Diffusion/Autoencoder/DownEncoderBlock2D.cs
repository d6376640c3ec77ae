using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>One resolution of the encoder: residual blocks, then a downsampler at all but the coarsest.</summary>
internal sealed class DownEncoderBlock2D : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<AutoencoderResnetBlock2D> resnets;
    private readonly ModuleList<AsymmetricDownsample2D>? downsamplers;

    public DownEncoderBlock2D(int level, AutoencoderKLConfig config)
        : base(nameof(DownEncoderBlock2D))
    {
        var channels = config.BlockOutChannels[level];
        var finer = config.BlockOutChannels[Math.Max(0, level - 1)];
        resnets = new([.. Enumerable
            .Range(0, config.LayersPerBlock)
            .Select(layer => new AutoencoderResnetBlock2D(layer == 0 ? finer : channels, channels, config))]);
        downsamplers = level == config.BlockOutChannels.Count - 1 ? null : new(new AsymmetricDownsample2D(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        foreach (var resnet in resnets)
            hidden = resnet.call(hidden);
        return (downsamplers?[0].call(hidden) ?? hidden).MoveToOuterDisposeScope();
    }
}
