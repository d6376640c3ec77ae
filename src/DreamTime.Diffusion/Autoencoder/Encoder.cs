using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From images [b,in,H,W] to the moments of latents [b,2 latent,h,w], means before logarithms of variances.</summary>
internal sealed class Encoder : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv_in;
    private readonly ModuleList<DownEncoderBlock2D> down_blocks;
    private readonly UNetMidBlock2D mid_block;
    private readonly GroupNorm conv_norm_out;
    private readonly Conv2d conv_out;

    public Encoder(AutoencoderKLConfig config)
        : base(nameof(Encoder))
    {
        var channels = config.BlockOutChannels;
        conv_in = new Conv2d(config.InChannels, channels[0], 3, padding: 1);
        down_blocks = new([.. Enumerable.Range(0, channels.Count).Select(level => new DownEncoderBlock2D(level, config))]);
        mid_block = new UNetMidBlock2D(channels[^1], config);
        conv_norm_out = new GroupNorm(config.NormNumGroups, channels[^1], AutoencoderResnetBlock2D.NormEpsilon);
        conv_out = new Conv2d(channels[^1], 2 * config.LatentChannels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        var hidden = conv_in.call(ChannelsLast.Of(image));
        foreach (var block in down_blocks)
            hidden = block.call(hidden);
        hidden = conv_norm_out.call(mid_block.call(hidden));
        return conv_out.call(nn.functional.silu(hidden)).MoveToOuterDisposeScope();
    }
}
