namespace DreamTime.Diffusion;

/// <summary>A noise level as DPM-Solver writes it.</summary>
/// <param name="Alpha">The signal, sqrt(abar).</param>
/// <param name="Sigma">The noise, sqrt(1 - abar).</param>
/// <param name="Lambda">Half the log signal-to-noise ratio, ln(alpha / sigma).</param>
internal readonly record struct DpmLevel(double Alpha, double Sigma, double Lambda)
{
    public static DpmLevel Of(double alphaBar)
    {
        double alpha = Math.Sqrt(alphaBar), sigma = Math.Sqrt(1 - alphaBar);
        return new DpmLevel(alpha, sigma, Math.Log(alpha) - Math.Log(sigma));
    }
}
