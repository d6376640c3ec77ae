namespace DreamTime.Diffusion;

/// <summary>What all ways from noise to a sample refuse.</summary>
internal static class Trajectory
{
    public static void RequireOpen(int done, IReadOnlyList<SamplingPoint> points)
    {
        if (done >= points.Count)
            throw new InvalidOperationException($"All {points.Count} steps of this way are done; start a new one.");
    }

    public static void RequireSteps(int steps, int total)
    {
        if (steps < 1 || steps > total)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"The number of steps must be in 1..{total}.");
    }

    /// <summary>Refuses to start where nothing of the data is left, which needs a rule that divides neither by abar nor by the signal-to-noise ratio.</summary>
    public static void RequireSignal(string rule, IEnumerable<SamplingPoint> points)
    {
        if (points.Any(point => point.AlphaBar == 0))
            throw new NotSupportedException(
                $"{rule} cannot start at abar = 0 (zero terminal SNR, rescale_betas_zero_snr); DDIM and DDPM can, with v_prediction.");
    }
}
