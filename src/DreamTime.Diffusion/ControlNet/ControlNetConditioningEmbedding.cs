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
        conv_in = new Conv2d(config.ConditioningChannels, channels[0], 3, padding: 1);
        blocks = new([.. channels.Zip(channels.Skip(1)).SelectMany(pair => new[]
        {
            new Conv2d(pair.First, pair.First, 3, padding: 1),
            new Conv2d(pair.First, pair.Second, 3, stride: 2, padding: 1),
        })]);
        conv_out = new Conv2d(channels[^1], config.UNet.BlockOutChannels[0], 3, padding: 1).Zeroed();
        RegisterComponents();
    }

    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        var hidden = blocks.Aggregate(nn.functional.silu(conv_in.call(image)), (map, block) => nn.functional.silu(block.call(map)));
        return conv_out.call(hidden).MoveToOuterDisposeScope();
    }
}
