using DreamTime.Schedules;

namespace DreamTime;

/// <summary>The factor w(t) before the noise residual in the distillation gradient. The schedule decides when a t is used, this how strongly.</summary>
public enum GuidanceWeighting
{
    /// <summary>w = 1 - abar: DreamFusion's, and threestudio's default.</summary>
    OneMinusAlphaBar,

    /// <summary>w = 1.</summary>
    Uniform,

    /// <summary>w = sqrt(abar) (1 - abar): Latent-NeRF's and Fantasia3D's.</summary>
    SqrtAlphaBarTimesOneMinusAlphaBar,
}

/// <summary>The values of <see cref="GuidanceWeighting"/>.</summary>
public static class GuidanceWeightings
{
    /// <summary>w(t) under a noise schedule.</summary>
    /// <param name="weighting">Which w.</param>
    /// <param name="noise">The prior's noise schedule.</param>
    /// <param name="timestep">The paper's t, 1..T.</param>
    /// <exception cref="ArgumentOutOfRangeException">An unknown weighting.</exception>
    public static double At(this GuidanceWeighting weighting, NoiseSchedule noise, int timestep)
    {
        ArgumentNullException.ThrowIfNull(noise);
        var alphaBar = noise.AlphaBar(timestep);
        return weighting switch
        {
            GuidanceWeighting.OneMinusAlphaBar => 1 - alphaBar,
            GuidanceWeighting.Uniform => 1,
            GuidanceWeighting.SqrtAlphaBarTimesOneMinusAlphaBar => Math.Sqrt(alphaBar) * (1 - alphaBar),
            _ => throw new ArgumentOutOfRangeException(nameof(weighting), weighting, "A guidance weighting is one of the enumeration's values."),
        };
    }
}
