using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// One resolution on the way down: (hidden, time embedding, text, skips) to hidden. Every intermediate result is also pushed on
/// the skips, from which the way up takes them back.
/// </summary>
internal abstract class UNetDownBlock(string name) : nn.Module<Tensor, Tensor, Tensor, Stack<Tensor>, Tensor>(name)
{
    public static UNetDownBlock Create(int level, UNet2DConditionConfig config) => config.DownBlockTypes[level] switch
    {
        "DownBlock2D" => new DownBlock2D(level, config),
        "CrossAttnDownBlock2D" => new CrossAttnDownBlock2D(level, config),
        "ResnetDownsampleBlock2D" => new ResnetDownsampleBlock2D(level, config),
        "SimpleCrossAttnDownBlock2D" => new SimpleCrossAttnDownBlock2D(level, config),
        var type => throw new NotSupportedException(
            $"down_block_types: \"{type}\" is not supported; {string.Join(", ", UNetBlockTypes.Down)} are."),
    };

    protected static TorchSharp.Modules.ModuleList<ResnetBlock2D> Resnets(int level, UNet2DConditionConfig config, ResnetVariant variant)
    {
        var channels = config.BlockOutChannels[level];
        var inChannels = config.BlockOutChannels[Math.Max(0, level - 1)];
        return new([.. Enumerable
            .Range(0, config.LayersPerBlock[level])
            .Select(layer => new ResnetBlock2D(layer == 0 ? inChannels : channels, channels, config, variant))]);
    }

    /// <summary>The list of diffusers' layout that holds the one downsampler; null at the coarsest resolution.</summary>
    protected static TorchSharp.Modules.ModuleList<Downsample2D>? Downsamplers(int level, UNet2DConditionConfig config) =>
        level == config.BlockOutChannels.Count - 1 ? null : new(new Downsample2D(config.BlockOutChannels[level]));

    /// <summary>The same with a residual block as the downsampler.</summary>
    protected static TorchSharp.Modules.ModuleList<ResnetBlock2D>? ResnetDownsamplers(int level, UNet2DConditionConfig config)
    {
        int channels = config.BlockOutChannels[level];
        return level == config.BlockOutChannels.Count - 1
            ? null
            : new(new ResnetBlock2D(channels, channels, config, ResnetVariant.Scaled(config, Resampling.Halve)));
    }
}
