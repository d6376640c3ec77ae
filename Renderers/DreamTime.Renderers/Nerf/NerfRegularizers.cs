namespace DreamTime.Renderers;

/// <summary>
/// Losses on the rays themselves that keep a NeRF from fog and floaters; each is 0 (absent) or the weight of a mean over rays. Threestudio's names and definitions.
/// </summary>
public sealed record NerfRegularizers
{
    /// <summary>None.</summary>
    public static NerfRegularizers None { get; } = new();

    /// <summary>mean sqrt(opacity^2 + 0.01): less is better.</summary>
    public float Sparsity { get; init; }

    /// <summary>mean of the binary entropy of the opacity, clamped to [0.001, 0.999]: all or nothing.</summary>
    public float Opaque { get; init; }

    /// <summary>mean, over the rays with an opacity above 0.5, of the variance of the distance under the normalised weights: thin surfaces.</summary>
    public float ZVariance { get; init; }

    /// <summary>mean, over the rays with an opacity above 0.5, of the entropy -sum w log w of the normalised weights: one surface for a ray.</summary>
    public float Entropy { get; init; }

    /// <summary>Whether a loss looks at the weights along the rays.</summary>
    internal bool UsesWeights => ZVariance != 0 || Entropy != 0;

    /// <summary>Whether a loss looks at the normals along the rays.</summary>
    internal bool UsesNormals => false;

    /// <summary>d(loss)/d(opacity) of one of so many rays.</summary>
    internal float OpacityGradient(float opacity, int rays)
    {
        var gradient = Sparsity * opacity / MathF.Sqrt(opacity * opacity + 0.01f);
        if (opacity is > 0.001f and < 0.999f)
            gradient += Opaque * MathF.Log((1 - opacity) / opacity);
        return gradient / rays;
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
}
