using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>What a residual block does to the size of its map, on both of its branches.</summary>
internal enum Resampling
{
    None,

    /// <summary>The mean of 2x2 pixels.</summary>
    Halve,

    /// <summary>Each pixel four times.</summary>
    Double,
}

internal static class ResamplingOfMaps
{
    /// <summary>Resamples [b,c,h,w]; the map itself where nothing is asked.</summary>
    public static Tensor Apply(this Resampling resampling, Tensor map) => resampling switch
    {
        Resampling.Halve => nn.functional.avg_pool2d(map, 2, 2),
        Resampling.Double => nn.functional.interpolate(map, [2 * map.shape[2], 2 * map.shape[3]], mode: InterpolationMode.Nearest),
        _ => map,
    };
}
