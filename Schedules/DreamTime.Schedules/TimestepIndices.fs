namespace DreamTime.Schedules

open System

/// The timesteps of a run as diffusers' schedulers take them: `timesteps=[719, 663, …]`, indices one smaller than the paper's t.
[<AbstractClass; Sealed>]
type TimestepIndices private () =

    /// The timesteps of a run without draws.
    static member internal Deterministic (steps: int) (schedule: Schedule) : int[] =
        ArgumentNullException.ThrowIfNull schedule

        if not schedule.IsDeterministic then
            raise (
                ScheduleConversionException
                    $"A list holds one value a step, but '{Excerpt.ofText (string schedule)}' draws."
            )

        schedule.Timesteps steps

    /// The indices of a deterministic schedule's timesteps; element `k` is step `k + 1`.
    /// <param name="schedule">The schedule.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">The schedule draws.</exception>
    static member OfSchedule(schedule: Schedule, steps: int) : int[] =
        schedule |> TimestepIndices.Deterministic steps |> Array.map (fun t -> t - 1)

    /// Reads a list such as `[999, 850, 736]`: a run of as many steps takes them one by one, another goes straight between them.
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">This is no list of whole numbers from 0.</exception>
    static member Parse(text: string) : ScheduleExpression =
        ArgumentNullException.ThrowIfNull text
        let struct (entries, _) = ListText.read text

        for k, entry in List.indexed entries do
            if not entry.IsWhole || entry.Value < 0.0 || entry.Value >= float Int32.MaxValue then
                ListText.fail $"Index {k + 1} is {Number.show entry.Value}; whole numbers from 0 are needed."

        let count = float entries.Length

        ScheduleExpression.Points [
            for k, entry in List.indexed entries do
                struct (float (k + 1) / count, entry.Value + 1.0)
        ]
