using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From latents [b,latent,h,w] to images [b,out,H,W].</summary>
internal sealed class Decoder : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv_in;
    private readonly UNetMidBlock2D mid_block;
    private readonly ModuleList<UpDecoderBlock2D> up_blocks;
    private readonly GroupNorm conv_norm_out;
    private readonly Conv2d conv_out;

    public Decoder(AutoencoderKLConfig config)
        : base(nameof(Decoder))
    {
        var channels = config.BlockOutChannels;
        conv_in = new Conv2d(config.LatentChannels, channels[^1], 3, padding: 1);
        mid_block = new UNetMidBlock2D(channels[^1], config);
        up_blocks = new([.. Enumerable.Range(0, channels.Count).Reverse().Select(level => new UpDecoderBlock2D(level, config))]);
        conv_norm_out = new GroupNorm(config.NormNumGroups, channels[0], AutoencoderResnetBlock2D.NormEpsilon);
        conv_out = new Conv2d(channels[0], config.OutChannels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor latent)
    {
        using var scope = NewDisposeScope();
        var hidden = mid_block.call(conv_in.call(ChannelsLast.Of(latent)));
        foreach (var block in up_blocks)
            hidden = block.call(hidden);
        hidden = conv_norm_out.call(hidden);
        return conv_out.call(nn.functional.silu(hidden)).MoveToOuterDisposeScope();
    }
}
