using DreamTime.Renderers;

namespace DreamTime.CudaProof;

/// <summary>What a sample of a signed distance does to a loss, as the definitions read, in double.</summary>
/// <param name="Step">Length of the sample's interval.</param>
/// <param name="Epsilon">Over which the slope is a difference.</param>
/// <param name="Annealing">0..1.</param>
internal sealed record NeusSampleReference(double Step, double Epsilon, double Annealing)
{
    /// <summary>The slope from the value here and a little further along x, y and z.</summary>
    public double[] Slope(ReadOnlySpan<double> values) => [(values[1] - values[0]) / Epsilon, (values[2] - values[0]) / Epsilon, (values[3] - values[0]) / Epsilon];

    /// <summary>(|slope| - 1)^2.</summary>
    public double Eikonal(ReadOnlySpan<double> values)
    {
        var size = Math.Sqrt(Slope(values).Sum(s => s * s));
        return (size - 1) * (size - 1);
    }

    /// <summary>The density that is as opaque over one step (Wang et al. 2021, eq. 13).</summary>
    /// <param name="values">Here, and a little further along x, y and z.</param>
    /// <param name="direction">Of the ray.</param>
    /// <param name="variance">The sharpness is the exponential of ten times this.</param>
    public double Density(ReadOnlySpan<double> values, double[] direction, double variance) =>
        Density(values[0], Slope(values).Zip(direction, (s, d) => s * d).Sum(), variance);

    /// <summary>The same, where the slope along the ray is known.</summary>
    public double Density(double distance, double slope, double variance)
    {
        var falling = -(Math.Max(0, 0.5 - slope / 2) * (1 - Annealing) + Math.Max(0, -slope) * Annealing);
        var sharpness = Math.Exp(10 * variance);
        var p = FieldHeadReference.Sigmoid((distance - falling * Step / 2) * sharpness);
        var q = FieldHeadReference.Sigmoid((distance + falling * Step / 2) * sharpness);
        return -Math.Log(1 - Math.Clamp((p - q + 1e-5) / (p + 1e-5), 0, 1 - 1e-6)) / Step;
    }
}
