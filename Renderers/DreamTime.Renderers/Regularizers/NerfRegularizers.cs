namespace DreamTime.Renderers;

/// <summary>
/// Losses on the rays themselves that keep a NeRF from fog and floaters; each is 0 (absent) or the weight of a mean over rays. Threestudio's names and definitions.
/// </summary>
public sealed record NerfRegularizers
{
    /// <summary>None.</summary>
    public static NerfRegularizers None { get; } = new();

    /// <summary>mean sqrt(opacity^2 + 0.01): less is better (Poole et al. 2022, DreamFusion, as threestudio has it).</summary>
    public float Sparsity { get; init; }

    /// <summary>mean of the binary entropy of the opacity, clamped to [0.001, 0.999]: all or nothing (Lombardi et al. 2019, Neural Volumes; threestudio's form).</summary>
    public float Opaque { get; init; }

    /// <summary>mean, over the rays with an opacity above 0.5, of the variance of the distance under the normalised weights: thin surfaces (Zhu et al. 2023, HiFA).</summary>
    public float ZVariance { get; init; }

    /// <summary>mean, over the rays with an opacity above 0.5, of the entropy -sum w log w of the normalised weights: one surface for a ray (Kim et al. 2022, InfoNeRF).</summary>
    public float Entropy { get; init; }

    /// <summary>
    /// sum over the samples of weight max(0, normal . ray)^2, over the rays that see anything, the weights held: surfaces that are seen face the camera (Verbin et al. 2022,
    /// Ref-NeRF, eq. 11). It needs normals, which cost.
    /// </summary>
    public float Orientation { get; init; }

    /// <summary>
    /// mean of sum_ij w_i w_j |t_i - t_j| + sum_i w_i^2 step / 3, the distances in world units: weights gather in one place (Barron et al. 2022, mip-NeRF 360, eq. 15).
    /// </summary>
    public float Distortion { get; init; }

    /// <summary>
    /// mean over the samples, and the three parts, of the absolute difference between the normal there and one about 0.01 world units off (threestudio's 3D normal smoothness). It needs
    /// normals, which cost, and those of twice as many samples.
    /// </summary>
    public float SpatialNormalSmoothness { get; init; }

    /// <summary>mean over the samples of (|gradient of the distance| - 1)^2 (Gropp et al. 2020), of a NeuS only; null takes the weight in its options.</summary>
    public float? Eikonal { get; init; }

    /// <summary>Whether a loss looks at the weights along the rays.</summary>
    internal bool UsesWeights => ZVariance != 0 || Entropy != 0;

    /// <summary>Whether a loss looks at the normals along the rays.</summary>
    internal bool UsesNormals => Orientation != 0 || SpatialNormalSmoothness != 0;

    /// <summary>d(loss)/d(opacity) of one of so many rays.</summary>
    internal float OpacityGradient(float opacity, int rays)
    {
        var gradient = Sparsity * opacity / MathF.Sqrt(opacity * opacity + 0.01f);
        if (opacity is > 0.001f and < 0.999f)
            gradient += Opaque * MathF.Log((1 - opacity) / opacity);
        return gradient / rays;
    }

    /// <summary>Adds d(loss)/d(weight) of one ray.</summary>
    /// <param name="weights">Of its samples, front to back.</param>
    /// <param name="distance">Of its samples.</param>
    /// <param name="step">The length of the interval that a sample stands for.</param>
    /// <param name="opacity">The ray's.</param>
    /// <param name="rays">How many rays there are.</param>
    /// <param name="solidRays">How many of them have an opacity above 0.5.</param>
    /// <param name="gradient">Is added to.</param>
    internal void AddWeightGradient(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> distance, float step, float opacity, int rays, int solidRays, Span<float> gradient)
    {
        if (UsesWeights && opacity > 0.5f)
            WeightGradient(weights, distance, solidRays, gradient);
        if (Distortion != 0)
            AddDistortionGradient(weights, distance, step, Distortion / rays, gradient);
    }

    /// <summary>Writes d(loss)/d(weight) of one of so many solid rays (opacity above 0.5).</summary>
    internal void WeightGradient(ReadOnlySpan<float> weights, ReadOnlySpan<float> distance, int solidRays, Span<float> gradient)
    {
        var (sum, mean, square, entropy) = (0f, 0f, 0f, 0f);
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i];
            mean += weights[i] * distance[i];
        }

        mean /= sum;
        for (var i = 0; i < weights.Length; i++)
        {
            square += weights[i] * (distance[i] - mean) * (distance[i] - mean);
            entropy -= weights[i] / sum * LogShare(weights[i]);
        }

        // Through the normalisation w / sum: a quotient's derivative leaves the deviation from the mean, divided by the sum.
        var variance = square / sum;
        for (var i = 0; i < weights.Length; i++)
            gradient[i] = (ZVariance * ((distance[i] - mean) * (distance[i] - mean) - variance) - Entropy * (LogShare(weights[i]) + entropy)) / (sum * solidRays);

        float LogShare(float weight) => MathF.Log(MathF.Max(weight / sum, 1e-10f));
    }

    /// <summary>2 sum_j w_j |t_i - t_j| by running sums, since the samples are in order.</summary>
    private static void AddDistortionGradient(ReadOnlySpan<float> weights, ReadOnlySpan<float> distance, float step, float scale, Span<float> gradient)
    {
        var (total, moment) = (0f, 0f);
        for (var i = 0; i < weights.Length; i++)
            (total, moment) = (total + weights[i], moment + weights[i] * distance[i]);

        var (before, momentBefore) = (0f, 0f);
        for (var i = 0; i < weights.Length; i++)
        {
            var (after, momentAfter) = (total - before - weights[i], moment - momentBefore - weights[i] * distance[i]);
            var nearer = distance[i] * before - momentBefore;
            var farther = momentAfter - distance[i] * after;
            gradient[i] += scale * (2 * (nearer + farther) + 2f / 3 * weights[i] * step);
            (before, momentBefore) = (before + weights[i], momentBefore + weights[i] * distance[i]);
        }
    }
}
