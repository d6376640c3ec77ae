namespace DreamTime.Diffusion;

/// <summary>
/// DPM-Solver and DPM-Solver++ (Lu et al. 2022), multistep, orders 1 to 3: exponential integrators in lambda = ln(sqrt(abar) / sqrt(1 - abar)).
/// The ordinary differential equation, or the stochastic one up to order 2.
/// </summary>
public sealed class DpmSolverMultistepScheduler : IScheduler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="config">The noise and the options.</param>
    /// <exception cref="NotSupportedException">Order 3 of a stochastic equation, which is not defined.</exception>
    public DpmSolverMultistepScheduler(SchedulerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config is { Algorithm: DpmAlgorithm.SdeDpmSolver or DpmAlgorithm.SdeDpmSolverPlusPlus, SolverOrder: > 2 })
            throw new NotSupportedException($"solver_order {config.SolverOrder} is not defined for the stochastic DPM-Solver; orders 1 and 2 are.");
        Config = config;
    }

    /// <inheritdoc/>
    public SchedulerConfig Config { get; }

    /// <inheritdoc/>
    /// <remarks>Karras sigmas are rounded to timesteps, as in diffusers; where two fall together, there are fewer steps.</remarks>
    public ITrajectory Start(int steps) => new DpmSolverTrajectory(Config, Timesteps(steps));

    private int[] Timesteps(int steps)
    {
        int total = Config.Noise.Timesteps;
        Trajectory.RequireSteps(steps, total);
        double[] sigmas = SigmaSchedule.Trained(Config);
        // The timesteps whose lambda = -ln sigma is not below the least one; Python counts them from the noisy end.
        int last = sigmas.Count(sigma => -Math.Log(sigma) >= Config.LambdaMinClipped);
        IEnumerable<double> indices;
        if (Config.UseKarrasSigmas)
        {
            double[] logSigmas = [.. sigmas.Select(sigma => Math.Log(sigma))];
            indices = KarrasSigmas.Of(sigmas[0], sigmas[^1], steps).Select(sigma => KarrasSigmas.IndexOf(sigma, logSigmas));
        }
        else
        {
            int stride = last / (steps + 1);
            var spacing = Config.Spacing ?? TimestepSpacing.Linspace;
            if (spacing == TimestepSpacing.Leading && stride == 0)
                throw new ArgumentOutOfRangeException(nameof(steps), steps, $"With leading spacing, DPM-Solver takes at most {last - 1} steps.");
            indices = Enumerable.Range(0, steps).Select(k => spacing switch
            {
                TimestepSpacing.Leading => (steps - k) * stride + Config.StepsOffset,
                TimestepSpacing.Linspace => (last - 1) * (double)(steps - k) / steps,
                _ => Math.Round(last - k * ((double)total / steps)) - 1,
            });
        }
        // Ties round to even, as numpy's do.
        int[] timesteps = [.. indices.Select(index => (int)Math.Round(index) + 1).Where(t => t >= 1).Distinct()];
        if (timesteps[0] > total)
            throw new ArgumentOutOfRangeException(
                nameof(steps), steps, $"With steps_offset {Config.StepsOffset}, the first timestep would be {timesteps[0]}, above T = {total}; take fewer steps.");
        return timesteps;
    }
}
