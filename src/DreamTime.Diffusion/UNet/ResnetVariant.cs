namespace DreamTime.Diffusion;

/// <summary>In what residual blocks differ beyond their channels.</summary>
/// <param name="OutputScale">What the sum of the branches is divided by.</param>
/// <param name="SkipsTimeActivation">Whether the time embedding is projected as it is.</param>
/// <param name="Resampling">What happens to the size.</param>
internal sealed record ResnetVariant(double OutputScale = 1, bool SkipsTimeActivation = false, Resampling Resampling = Resampling.None)
{
    public static ResnetVariant Plain { get; } = new();

    /// <summary>That of the Resnet and SimpleCrossAttn blocks.</summary>
    public static ResnetVariant Scaled(UNet2DConditionConfig config, Resampling resampling = Resampling.None) =>
        new(config.ResnetOutScaleFactor, config.ResnetSkipTimeAct, resampling);
}
