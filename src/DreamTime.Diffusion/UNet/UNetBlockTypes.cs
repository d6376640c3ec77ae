namespace DreamTime.Diffusion;

/// <summary>The names of the blocks that a configuration can ask for.</summary>
internal static class UNetBlockTypes
{
    public static IReadOnlyList<string> Down { get; } =
        ["DownBlock2D", "CrossAttnDownBlock2D", "ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"];

    public static IReadOnlyList<string> Mid { get; } = ["UNetMidBlock2DCrossAttn", "UNetMidBlock2DSimpleCrossAttn"];

    public static IReadOnlyList<string> Up { get; } =
        ["UpBlock2D", "CrossAttnUpBlock2D", "ResnetUpsampleBlock2D", "SimpleCrossAttnUpBlock2D"];

    /// <summary>Whether a block has spatial transformers.</summary>
    public static bool HasTransformers(string type) =>
        type is "CrossAttnDownBlock2D" or "UNetMidBlock2DCrossAttn" or "CrossAttnUpBlock2D";

    /// <summary>Whether a block has attentions to pixels and text at once.</summary>
    public static bool HasAddedKVAttention(string type) =>
        type is "SimpleCrossAttnDownBlock2D" or "UNetMidBlock2DSimpleCrossAttn" or "SimpleCrossAttnUpBlock2D";

    /// <summary>Whether a block reads the text at all.</summary>
    public static bool ReadsText(string type) => HasTransformers(type) || HasAddedKVAttention(type);

    /// <summary>Level by level what the middle, the way down and the way up have there.</summary>
    public static IEnumerable<int> Levels(UNet2DConditionConfig config, Func<string, bool> has)
    {
        int last = config.BlockOutChannels.Count - 1;
        return Enumerable.Range(0, last + 1).Where(level =>
            has(config.DownBlockTypes[level]) || has(config.UpBlockTypes[last - level]) || level == last && config.MidBlockType is { } mid && has(mid));
    }

    /// <summary>Whether a block halves or doubles sizes exactly, and so cannot round an odd one.</summary>
    public static bool ResamplesExactly(string type) =>
        type.StartsWith("Resnet", StringComparison.Ordinal) || type.StartsWith("Simple", StringComparison.Ordinal);
}
