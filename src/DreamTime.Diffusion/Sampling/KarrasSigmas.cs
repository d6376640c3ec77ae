namespace DreamTime.Diffusion;

/// <summary>Noise levels spaced evenly in their seventh root (Karras et al. 2022, eq. 5).</summary>
internal static class KarrasSigmas
{
    private const double Rho = 7;

    /// <summary>From the largest to the smallest.</summary>
    public static double[] Of(double smallest, double largest, int count)
    {
        double first = Math.Pow(largest, 1 / Rho), last = Math.Pow(smallest, 1 / Rho);
        return [.. Enumerable.Range(0, count).Select(k => Math.Pow(count == 1 ? first : first + (last - first) * k / (count - 1), Rho))];
    }

    /// <summary>The network's index of a noise level, linear in log sigma between trained ones.</summary>
    /// <param name="sigma">The level.</param>
    /// <param name="logSigmas">Those of the trained timesteps, rising.</param>
    public static double IndexOf(double sigma, double[] logSigmas)
    {
        double logSigma = Math.Log(sigma);
        int found = Array.BinarySearch(logSigmas, logSigma);
        int below = Math.Clamp(found >= 0 ? found : ~found - 1, 0, logSigmas.Length - 2);
        return below + Math.Clamp((logSigma - logSigmas[below]) / (logSigmas[below + 1] - logSigmas[below]), 0, 1);
    }
}
