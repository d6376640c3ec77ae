using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Emission and absorption along one ray (Max 1995; Mildenhall et al. 2020): alpha_i = 1 - exp(-density_i step), weight_i = alpha_i prod_{j&lt;i} (1 - alpha_j),
/// color = sum weight_i color_i + (1 - opacity) background, opacity = sum weight_i, depth = sum weight_i distance_i.
/// The ray ends behind the sample that brings the transmittance below the early stop.
/// </summary>
internal static class Compositing
{
    /// <summary>The most samples a ray may have.</summary>
    public const int MaxSamples = 8192;

    /// <summary>One ray forward.</summary>
    /// <param name="density">For each sample, front to back.</param>
    /// <param name="red">For each sample.</param>
    /// <param name="green">For each sample.</param>
    /// <param name="blue">For each sample.</param>
    /// <param name="distance">For each sample, along the ray.</param>
    /// <param name="step">The length of the interval that a sample stands for.</param>
    /// <param name="background">Behind the last sample.</param>
    /// <param name="earlyStop">A transmittance.</param>
    public static RayResult Forward(
        ReadOnlySpan<float> density, ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, ReadOnlySpan<float> distance,
        float step, Vector3 background, float earlyStop)
    {
        Span<float> passing = stackalloc float[density.Length];
        Passing(density, step, passing);
        var (color, opacity, depth, transmittance, used) = (Vector3.Zero, 0f, 0f, 1f, 0);
        while (used < density.Length && transmittance >= earlyStop)
        {
            var weight = transmittance * (1 - passing[used]);
            color += weight * new Vector3(red[used], green[used], blue[used]);
            opacity += weight;
            depth += weight * distance[used];
            transmittance *= passing[used];
            used++;
        }

        return new RayResult(color + (1 - opacity) * background, opacity, depth, used);
    }

    /// <summary>The weights of the first samples of a ray, as many as <paramref name="weights"/> has room for.</summary>
    public static void Weights(ReadOnlySpan<float> density, float step, Span<float> weights)
    {
        Passing(density[..weights.Length], step, weights);
        var transmittance = 1f;
        for (var i = 0; i < weights.Length; i++)
        {
            var passing = weights[i];
            weights[i] = transmittance * (1 - passing);
            transmittance *= passing;
        }
    }

    /// <summary>
    /// One ray backward. With g_i = dL/dweight_i, dL/ddensity_i = step (T_{i+1} g_i - sum_{j&gt;i} weight_j g_j), T_{i+1} the transmittance behind the sample:
    /// the sum is carried from the back to the front.
    /// </summary>
    /// <param name="weights">From <see cref="Weights"/>, of the samples that the forward pass used.</param>
    /// <param name="weightGradient">For each sample, dL/dweight apart from what comes through color, opacity and depth.</param>
    /// <param name="red">For each sample; receives dL/dred.</param>
    /// <param name="green">For each sample; receives dL/dgreen.</param>
    /// <param name="blue">For each sample; receives dL/dblue.</param>
    /// <param name="distance">For each sample, along the ray.</param>
    /// <param name="step">The length of the interval that a sample stands for.</param>
    /// <param name="background">Behind the last sample.</param>
    /// <param name="colorGradient">dL/dcolor of the ray.</param>
    /// <param name="opacityGradient">dL/dopacity of the ray.</param>
    /// <param name="depthGradient">dL/ddepth of the ray.</param>
    /// <param name="densityGradient">Receives dL/ddensity for each sample.</param>
    public static void Backward(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> weightGradient, Span<float> red, Span<float> green, Span<float> blue, ReadOnlySpan<float> distance,
        float step, Vector3 background, Vector3 colorGradient, float opacityGradient, float depthGradient, Span<float> densityGradient)
    {
        var behind = 0f;
        var opacity = 0f;
        for (var i = 0; i < weights.Length; i++)
            opacity += weights[i];

        var transmittance = 1 - opacity;
        for (var i = weights.Length - 1; i >= 0; i--)
        {
            var weight = weights[i];
            var gradient = Vector3.Dot(colorGradient, new Vector3(red[i], green[i], blue[i]) - background)
                + opacityGradient + depthGradient * distance[i] + weightGradient[i];
            densityGradient[i] = step * (transmittance * gradient - behind);
            behind += weight * gradient;
            transmittance += weight;
            (red[i], green[i], blue[i]) = (weight * colorGradient.X, weight * colorGradient.Y, weight * colorGradient.Z);
        }
    }

    /// <summary>exp(-density step): exactly 1 where nothing is, which the vectorised exponential is not.</summary>
    private static void Passing(ReadOnlySpan<float> density, float step, Span<float> passing)
    {
        for (var i = 0; i < passing.Length; i++)
            passing[i] = MathF.Exp(density[i] * -step);
    }
}
