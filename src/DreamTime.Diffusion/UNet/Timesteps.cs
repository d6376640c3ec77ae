using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The sinusoidal embedding of a timestep: sines and cosines of t times frequencies falling geometrically from 1 to 1/10000
/// (Vaswani et al. 2017, section 3.5; Ho et al. 2020, appendix B).
/// </summary>
internal static class Timesteps
{
    private const double MaxPeriod = 10000;

    /// <summary>[b] timesteps to [b, <paramref name="width"/>] in float32; an odd width ends in a zero column.</summary>
    public static Tensor Embed(Tensor timesteps, int width, bool flipSinToCos, double freqShift)
    {
        using var scope = NewDisposeScope();
        var half = width / 2;
        var frequencies = exp(arange(half, ScalarType.Float32, timesteps.device).Times(-Math.Log(MaxPeriod)).Over(half - freqShift));
        var phase = timesteps.to(ScalarType.Float32).unsqueeze(1) * frequencies;
        var (sines, cosines) = (sin(phase), cos(phase));
        var embedding = cat(flipSinToCos ? [cosines, sines] : [sines, cosines], -1);
        return (width % 2 == 0 ? embedding : nn.functional.pad(embedding, [0, 1])).MoveToOuterDisposeScope();
    }
}
