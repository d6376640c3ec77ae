namespace DreamTime.Diffusion;

/// <summary>The timesteps of a sampler with n steps.</summary>
internal static class VisitedTimesteps
{
    /// <summary>The paper's t, from noisy to clean.</summary>
    public static IReadOnlyList<int> Of(SchedulerConfig config, int steps)
    {
        int total = config.Noise.Timesteps;
        Trajectory.RequireSteps(steps, total);
        // Indices as the network counts them, from 0. Ties round to even, as numpy's do.
        var indices = (config.Spacing ?? TimestepSpacing.Leading) switch
        {
            TimestepSpacing.Leading => Enumerable.Range(0, steps).Select(k => (steps - 1 - k) * (total / steps) + config.StepsOffset),
            TimestepSpacing.Linspace => Enumerable.Range(0, steps).Select(k => (int)Math.Round(LinspaceIndex(steps - 1 - k, steps, total))),
            _ => Enumerable.Range(0, steps).Select(k => (int)Math.Round(total - k * ((double)total / steps)) - 1),
        };
        int[] timesteps = [.. indices.Select(index => index + 1)];
        if (timesteps[0] > total)
            throw new ArgumentOutOfRangeException(
                nameof(steps), steps,
                $"With steps_offset {config.StepsOffset}, the first timestep would be {timesteps[0]}, above T = {total}; take fewer steps.");
        return timesteps;
    }

    private static double LinspaceIndex(int k, int steps, int total) =>
        steps == 1 ? 0 : k == steps - 1 ? total - 1 : k * ((total - 1.0) / (steps - 1));
}
