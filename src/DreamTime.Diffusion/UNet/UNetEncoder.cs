using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The first convolution, the way down and the middle: what a U-Net and the copy of it that is a ControlNet have in common.
/// Its parts are children of the network that owns it.
/// </summary>
internal sealed class UNetEncoder
{
    private readonly UNet2DConditionConfig config;
    private readonly UNetEmbeddings embeddings;
    private readonly Conv2d conv_in;
    private readonly ModuleList<UNetDownBlock> down_blocks;
    private readonly UNetMidBlock? mid_block;

    public UNetEncoder(UNet2DConditionConfig config)
    {
        this.config = config;
        conv_in = new Conv2d(config.InChannels, config.BlockOutChannels[0], config.ConvInKernel, padding: config.ConvInKernel / 2);
        embeddings = new UNetEmbeddings(config);
        down_blocks = new([.. Enumerable.Range(0, config.BlockOutChannels.Count).Select(level => UNetDownBlock.Create(level, config))]);
        mid_block = UNetMidBlock.Create(config);
    }

    public void RegisterIn(nn.Module owner)
    {
        owner.register_module(nameof(conv_in), conv_in);
        embeddings.RegisterIn(owner);
        owner.register_module(nameof(down_blocks), down_blocks);
        if (mid_block is not null)
            owner.register_module(nameof(mid_block), mid_block);
    }

    /// <summary>Goes down to the middle, in the caller's dispose scope. What is <c>added</c> goes to the first convolution's output.</summary>
    public UNetStates Encode(Tensor sample, Tensor timesteps, Tensor text, UNetConditions conditions, Tensor? added = null)
    {
        Check(sample, timesteps, text);
        var time = embeddings.Time(sample, timesteps, text, conditions);
        text = embeddings.Text(text);
        var hidden = conv_in.call(ChannelsLast(config.CenterInputSample ? sample.Times(2).Minus(1) : sample));
        if (added is not null)
            hidden = hidden.Plus(added);
        var skips = new Stack<Tensor>([hidden]);
        foreach (var block in down_blocks)
            hidden = block.call(hidden, time, text, skips);
        return new UNetStates(mid_block?.call(hidden, time, text) ?? hidden.alias(), skips, time, text);
    }

    /// <summary>Channels innermost in memory: convolutions keep that layout and attention then reads pixels as tokens without a copy.</summary>
    private static Tensor ChannelsLast(Tensor map) => map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private void Check(Tensor sample, Tensor timesteps, Tensor text)
    {
        if (sample.dim() != 4 || sample.shape[1] != config.InChannels)
            throw Wrong(nameof(sample), sample, $"[b, {config.InChannels}, h, w]");
        var batch = sample.shape[0];
        if (timesteps.numel() != 1 && (timesteps.dim() != 1 || timesteps.shape[0] != batch))
            throw Wrong(nameof(timesteps), timesteps, $"[{batch}]");
        if (text.dim() != 3 || text.shape[0] != batch || text.shape[2] != config.TextWidth)
            throw Wrong("encoderHiddenStates", text, $"[{batch}, tokens, {config.TextWidth}]");
        CheckSize(sample);
    }

    /// <summary>Convolutions round an odd size up when they halve it, and the way up follows; means of 2x2 pixels cannot.</summary>
    private void CheckSize(Tensor sample)
    {
        int last = config.BlockOutChannels.Count - 1;
        long height = sample.shape[2], width = sample.shape[3];
        for (int level = 0; level < last; level++, height = (height + 1) / 2, width = (width + 1) / 2)
        {
            string down = config.DownBlockTypes[level], up = config.UpBlockTypes[last - level - 1];
            if ((UNetBlockTypes.ResamplesExactly(down) || UNetBlockTypes.ResamplesExactly(up)) && (height % 2 != 0 || width % 2 != 0))
                throw Wrong(nameof(sample), sample, $"a height and width that halve without rest for {down} and {up}");
        }
    }

    private static ArgumentException Wrong(string name, Tensor tensor, string expected) =>
        new($"{name} has shape [{string.Join(", ", tensor.shape)}], and should have {expected}.", name);
}
