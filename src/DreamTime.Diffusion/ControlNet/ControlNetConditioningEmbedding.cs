using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Convolutions from an image [b,c,H,W] to a map as small as the latent, [b,out,h,w].</summary>
internal sealed class ControlNetConditioningEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv_in;
    private readonly ModuleList<Conv2d> blocks;
    private readonly Conv2d conv_out;

    public ControlNetConditioningEmbedding(ControlNetConfig config)
        : base(nameof(ControlNetConditioningEmbedding))
    {
        var channels = config.ConditioningEmbeddingOutChannels;
        conv_in = nn.Conv2d(config.ConditioningChannels, channels[0], 3, padding: 1);
        blocks = new([.. channels.Zip(channels.Skip(1)).SelectMany(pair => new[]
        {
            nn.Conv2d(pair.First, pair.First, 3, padding: 1),
            nn.Conv2d(pair.First, pair.Second, 3, stride: 2, padding: 1),
        })]);
        conv_out = nn.Conv2d(channels[^1], config.UNet.BlockOutChannels[0], 3, padding: 1);
        RegisterComponents();
        nn.init.zeros_(conv_out.weight);
        nn.init.zeros_(conv_out.bias!);
    }

    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        var hidden = blocks.Aggregate(nn.functional.silu(conv_in.call(image)), (map, block) => nn.functional.silu(block.call(map)));
        return conv_out.call(hidden).MoveToOuterDisposeScope();
    }
}
