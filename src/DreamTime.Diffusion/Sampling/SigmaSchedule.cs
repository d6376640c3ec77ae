namespace DreamTime.Diffusion;

/// <summary>
/// Noise levels as multiples of the signal, sigma = sqrt((1 - abar) / abar), in which Euler's methods step: the timesteps that are visited, which
/// may lie between trained ones, and a sigma for each, with the 0 of the clean sample last.
/// </summary>
internal sealed record SigmaSchedule(IReadOnlyList<SamplingPoint> Points, IReadOnlyList<double> Sigmas)
{
    public static SigmaSchedule Of(SchedulerConfig config, int steps, SigmaInterpolation interpolation, bool karras)
    {
        double[] trained = Trained(config);
        double[] indices = [.. Indices(config, steps)];
        double[] sigmas = interpolation == SigmaInterpolation.LogLinear
            ? [.. Enumerable.Range(0, steps + 1).Select(k => Math.Exp(Lerp(Math.Log(trained[^1]), Math.Log(trained[0]), (double)k / steps)))]
            : [.. indices.Select(index => At(trained, index))];
        if (karras)
        {
            sigmas = KarrasSigmas.Of(sigmas[^1], sigmas[0], steps);
            double[] logSigmas = [.. trained.Select(sigma => Math.Log(sigma))];
            indices = [.. sigmas.Select(sigma => KarrasSigmas.IndexOf(sigma, logSigmas))];
        }
        var points = indices.Zip(sigmas, (index, sigma) => new SamplingPoint(index + 1, 1 / (1 + sigma * sigma)));
        return new SigmaSchedule([.. points], [.. sigmas, 0]);
    }

    /// <summary>The sigma of each trained timestep.</summary>
    public static double[] Trained(SchedulerConfig config) => [.. config.Noise.AlphaBars.Select(alphaBar => Math.Sqrt((1 - alphaBar) / alphaBar))];

    private static IEnumerable<double> Indices(SchedulerConfig config, int steps)
    {
        int total = config.Noise.Timesteps;
        if ((config.Spacing ?? TimestepSpacing.Linspace) != TimestepSpacing.Linspace)
            return VisitedTimesteps.Of(config, steps).Select(t => t - 1.0);
        Trajectory.RequireSteps(steps, total);
        return steps == 1 ? [0] : Enumerable.Range(0, steps).Select(k => Lerp(total - 1, 0, (double)k / (steps - 1)));
    }

    private static double At(double[] trained, double index)
    {
        int below = (int)Math.Min(Math.Floor(index), trained.Length - 2);
        return Lerp(trained[below], trained[below + 1], index - below);
    }

    private static double Lerp(double from, double to, double share) => from + (to - from) * share;
}
