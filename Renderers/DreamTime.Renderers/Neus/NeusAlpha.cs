namespace DreamTime.Renderers;

/// <summary>
/// The opacity of one interval of a ray through a signed distance (Wang et al. 2021, eq. 13, with the slope of their implementation): the distance f at the middle and
/// its slope c = gradient . direction extrapolate to both ends, and alpha = (P - Q) / P with P and Q the sigmoids there, at sharpness 1/s.
/// </summary>
/// <param name="Step">Length of the interval.</param>
/// <param name="Sharpness">1/s, per world unit.</param>
/// <param name="Annealing">0 lets half of the slope of surfaces that face away count as falling, 1 none of it.</param>
internal readonly record struct NeusAlpha(float Step, float Sharpness, float Annealing)
{
    /// <summary>Keeps alpha defined where P is 0: deep inside.</summary>
    private const float Epsilon = 1e-5f;

    /// <summary>Below 1, so that what lies behind can still be told.</summary>
    private const float Largest = 1 - 1e-6f;

    /// <summary>The derivatives of alpha.</summary>
    public readonly record struct Slopes(float ByDistance, float BySlope, float BySharpness);

    /// <summary>In [0, 1).</summary>
    public float Of(float distance, float slope)
    {
        var half = Falling(slope) * Step / 2;
        var (p, q) = (Sigmoid((distance - half) * Sharpness), Sigmoid((distance + half) * Sharpness));
        return Math.Clamp((p - q + Epsilon) / (p + Epsilon), 0, Largest);
    }

    /// <summary>The derivatives; all 0 where alpha is held at an end.</summary>
    public Slopes Derivative(float distance, float slope)
    {
        var half = Falling(slope) * Step / 2;
        var (before, after) = (distance - half, distance + half);
        var (p, q) = (Sigmoid(before * Sharpness), Sigmoid(after * Sharpness));
        var alpha = (p - q + Epsilon) / (p + Epsilon);
        if (!(alpha > 0 && alpha < Largest))
            return default;

        // alpha = 1 - q / (p + e).
        var (byP, byQ) = (q / ((p + Epsilon) * (p + Epsilon)), -1 / (p + Epsilon));
        var (slopeP, slopeQ) = (byP * p * (1 - p), byQ * q * (1 - q));
        return new Slopes(
            (slopeP + slopeQ) * Sharpness, (slopeQ - slopeP) * Sharpness * Step / 2 * FallingDerivative(slope), slopeP * before + slopeQ * after);
    }

    /// <summary>Never above 0: a ray loses light only where the distance falls.</summary>
    private float Falling(float slope) => -(MathF.Max(0, 0.5f - slope / 2) * (1 - Annealing) + MathF.Max(0, -slope) * Annealing);

    private float FallingDerivative(float slope) => (slope < 1 ? (1 - Annealing) / 2 : 0) + (slope < 0 ? Annealing : 0);

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
