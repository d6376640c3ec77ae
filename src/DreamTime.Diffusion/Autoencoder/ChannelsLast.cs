using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Maps whose channels lie innermost in memory: convolutions and normalisations keep that layout, and attention reads pixels as tokens without a copy.</summary>
internal static class ChannelsLast
{
    /// <summary>The same [b,c,h,w], laid out anew.</summary>
    public static Tensor Of(Tensor map) => map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
