namespace DreamTime.Diffusion;

/// <summary>One call of the model in PNDM, and what follows from it: the prediction at <c>Asked</c> takes the sample from <c>From</c> to <c>To</c>, paper's t.</summary>
/// <param name="Asked">Where the model is asked.</param>
/// <param name="From">The sample's t before.</param>
/// <param name="To">And after; at most 0 behind the last timestep.</param>
/// <param name="Stage">What the prediction counts for.</param>
internal readonly record struct PndmMove(int Asked, int From, int To, PndmStage Stage)
{
    private const int RungeKuttaSteps = 3;

    public static IReadOnlyList<PndmMove> All(SchedulerConfig config, int steps)
    {
        var visited = VisitedTimesteps.Of(config, steps);
        int stride = config.Noise.Timesteps / steps;
        if (config.SkipPrkSteps)
            return [.. Multistep(visited, stride, started: false)];
        if (steps <= RungeKuttaSteps)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, "PNDM's Runge-Kutta start (skip_prk_steps false) needs at least 4 steps.");
        return [.. RungeKutta(visited, stride / 2), .. Multistep([.. visited.Skip(RungeKuttaSteps)], stride, started: true)];
    }

    /// <summary>Four calls a step: at its start, twice in its middle, at its end, which is half a stride further each time.</summary>
    private static IEnumerable<PndmMove> RungeKutta(IReadOnlyList<int> visited, int half)
    {
        for (int step = 0; step < RungeKuttaSteps; step++)
        {
            int start = visited[step], middle = visited[step + 1] + half, end = visited[step + 1];
            yield return new PndmMove(start, start, start - half, PndmStage.Start);
            yield return new PndmMove(middle, start, middle, PndmStage.Middle);
            yield return new PndmMove(middle, start, middle - half, PndmStage.Middle);
            yield return new PndmMove(end, start, end, PndmStage.End);
        }
    }

    private static IEnumerable<PndmMove> Multistep(IReadOnlyList<int> visited, int stride, bool started)
    {
        for (int step = 0; step < visited.Count; step++)
        {
            int t = visited[step];
            if (step == 1 && !started)
                // The first step once more, with the mean of its two predictions: the call's own t is where it ends.
                yield return new PndmMove(t, t + stride, t, PndmStage.Again);
            yield return new PndmMove(t, t, t - stride, PndmStage.Multistep);
        }
    }
}

/// <summary>What a prediction counts for in PNDM.</summary>
internal enum PndmStage
{
    /// <summary>First of a Runge-Kutta step.</summary>
    Start,

    /// <summary>Second or third of a Runge-Kutta step.</summary>
    Middle,

    /// <summary>Last of a Runge-Kutta step.</summary>
    End,

    /// <summary>Second of the step that is taken twice.</summary>
    Again,

    /// <summary>Of a multistep.</summary>
    Multistep,
}
