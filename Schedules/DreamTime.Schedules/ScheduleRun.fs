namespace DreamTime.Schedules

open System

/// The timesteps of one run, of N steps and a seed, looked up instead of computed: in about a nanosecond, without allocation.
/// Immutable, safe on all threads.
[<Sealed>]
type ScheduleRun internal (expression: ScheduleExpression, noise: NoiseSchedule, seed: int64, timesteps: int[]) =

    static let outside (step: int) (steps: int) : int =
        raise (ArgumentOutOfRangeException(nameof step, step, $"A step of this run is in 1..{steps}."))

    /// Most steps of a run.
    static member internal Longest = 1_000_000

    /// What the run follows.
    member _.Expression = expression

    /// What it was compiled on.
    member _.Noise = noise

    /// The seed of its draws; without effect on deterministic schedules.
    member _.Seed = seed

    /// N.
    member _.Steps = timesteps.Length

    /// The paper's timestep of step `i` in `1..N`; for a schedule that draws per sample, the first sample's.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The step is outside `1..N`.</exception>
    member _.Item
        with get (step: int): int =
            let k = step - 1

            if uint k < uint timesteps.Length then
                timesteps[k]
            else
                outside step timesteps.Length

    /// The same with units that keep `i` and `t` apart.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The step is outside `1..N`.</exception>
    member run.At(step: int<step>) : int<timestep> = run[int step] * 1<timestep>

    /// The time that the model is used at in a step: the timestep, or the midpoint of a flow's cell.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The step is outside `1..N`.</exception>
    member run.TimeAt(step: int) : float = noise.Time(run[step] * 1<timestep>)

    /// The timesteps in order; element `k` is step `i = k + 1`.
    member _.AsSpan() : ReadOnlySpan<int> = ReadOnlySpan timesteps

    /// A copy of the timesteps in order.
    member _.ToArray() : int[] = Array.copy timesteps

    /// The text of the expression and N.
    override _.ToString() =
        $"{expression} over {timesteps.Length} steps"
