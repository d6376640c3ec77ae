using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The middle, at the coarsest resolution: (hidden, time embedding, text) to hidden.</summary>
internal abstract class UNetMidBlock(string name) : nn.Module<Tensor, Tensor, Tensor, Tensor>(name)
{
    public static UNetMidBlock? Create(UNet2DConditionConfig config) => config.MidBlockType switch
    {
        null => null,
        "UNetMidBlock2DCrossAttn" => new UNetMidBlock2DCrossAttn(config),
        "UNetMidBlock2DSimpleCrossAttn" => new UNetMidBlock2DSimpleCrossAttn(config),
        var type => throw new NotSupportedException(
            $"mid_block_type: \"{type}\" is not supported; UNetMidBlock2DCrossAttn and UNetMidBlock2DSimpleCrossAttn are."),
    };

    /// <summary>The residual blocks before and after the attention.</summary>
    protected static TorchSharp.Modules.ModuleList<ResnetBlock2D> Resnets(UNet2DConditionConfig config, bool skipsTimeActivation)
    {
        int channels = config.BlockOutChannels[^1];
        var variant = new ResnetVariant(config.MidBlockScaleFactor, skipsTimeActivation);
        return new(new ResnetBlock2D(channels, channels, config, variant), new ResnetBlock2D(channels, channels, config, variant));
    }
}
