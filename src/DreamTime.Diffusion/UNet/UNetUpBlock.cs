using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>One resolution on the way up: (hidden, time embedding, text, skips) to hidden. Each residual block sees one skip beside its input.</summary>
internal abstract class UNetUpBlock(string name) : nn.Module<Tensor, Tensor, Tensor, Stack<Tensor>, Tensor>(name)
{
    public static UNetUpBlock Create(int index, UNet2DConditionConfig config)
    {
        var level = config.BlockOutChannels.Count - 1 - index;
        return config.UpBlockTypes[index] switch
        {
            "UpBlock2D" => new UpBlock2D(level, config),
            "CrossAttnUpBlock2D" => new CrossAttnUpBlock2D(level, config),
            "ResnetUpsampleBlock2D" => new ResnetUpsampleBlock2D(level, config),
            "SimpleCrossAttnUpBlock2D" => new SimpleCrossAttnUpBlock2D(level, config),
            var type => throw new NotSupportedException(
                $"up_block_types: \"{type}\" is not supported; {string.Join(", ", UNetBlockTypes.Up)} are."),
        };
    }

    protected static TorchSharp.Modules.ModuleList<ResnetBlock2D> Resnets(int level, UNet2DConditionConfig config, ResnetVariant variant)
    {
        var channels = config.BlockOutChannels;
        var coarser = channels[Math.Min(level + 1, channels.Count - 1)];
        var finer = channels[Math.Max(level - 1, 0)];
        var last = config.LayersPerBlock[level];
        return new([.. Enumerable
            .Range(0, last + 1)
            .Select(layer => new ResnetBlock2D(
                (layer == 0 ? coarser : channels[level]) + (layer == last ? finer : channels[level]), channels[level], config, variant))]);
    }

    /// <summary>The list of diffusers' layout that holds the one upsampler; null at the finest resolution.</summary>
    protected static TorchSharp.Modules.ModuleList<Upsample2D>? Upsamplers(int level, UNet2DConditionConfig config) =>
        level == 0 ? null : new(new Upsample2D(config.BlockOutChannels[level]));

    /// <summary>The same with a residual block as the upsampler.</summary>
    protected static TorchSharp.Modules.ModuleList<ResnetBlock2D>? ResnetUpsamplers(int level, UNet2DConditionConfig config)
    {
        int channels = config.BlockOutChannels[level];
        return level == 0 ? null : new(new ResnetBlock2D(channels, channels, config, ResnetVariant.Scaled(config, Resampling.Double)));
    }

    /// <summary>Appends the channels of the latest skip.</summary>
    protected static Tensor Join(Tensor hidden, Stack<Tensor> skips)
    {
        using var skip = skips.Pop();
        return cat([hidden, skip], 1);
    }

    /// <summary>Height and width of the next finer resolution, which halving may have rounded up.</summary>
    protected static long[] NextSize(Stack<Tensor> skips) => skips.Peek().shape[2..];
}
