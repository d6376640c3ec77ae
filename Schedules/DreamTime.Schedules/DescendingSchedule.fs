namespace DreamTime.Schedules

open System

/// Why a schedule is not proven to be a descent.
[<NoComparison>]
type NotDescending = {
    /// The smallest part of the expression that is at fault.
    Part: ScheduleExpression
    /// What it does.
    Reason: string
} with

    /// One line: the part and what it does.
    override fault.ToString() =
        $"'{Excerpt.ofText (string fault.Part)}' is no descent, which draws nothing and never rises: {fault.Reason}"

/// A schedule that draws nothing and never rises over a run, whatever N is: code can demand one by its type.
/// It comes from a weight's table, or from a schedule for which that is proven.
[<Sealed>]
type DescendingSchedule private (schedule: Schedule) =

    static let prove (schedule: Schedule) : Result<DescendingSchedule, NotDescending> =
        match Ascent.find schedule.Noise schedule.Expression.Term schedule.Plan with
        | None -> Ok(DescendingSchedule schedule)
        | Some(part, reason) -> Error { Part = ScheduleExpression part; Reason = reason }

    static member internal Prove(schedule: Schedule) = prove schedule

    static member internal Inverse(table: WeightTable) =
        DescendingSchedule(Schedule.descend table)

    /// The same as a schedule of any kind.
    member _.Schedule = schedule

    /// What was compiled.
    member _.Expression = schedule.Expression

    /// What it was compiled on.
    member _.Noise = schedule.Noise

    /// The paper's timestep of a step.
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last timestep continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.TimestepAt(step: int, steps: int) : int = schedule.TimestepAt(step, steps)

    /// `TimestepAt` with units that keep `i` and `t` apart.
    /// <param name="step">The step `i`, `1..N`.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.At(step: int<step>, steps: int<step>) : int<timestep> = schedule.At(step, steps)

    /// A whole run, to be looked up in.
    /// <param name="steps">N, in 1..1,000,000.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is outside 1..1,000,000.</exception>
    member _.Over(steps: int) : ScheduleRun = schedule.Over steps

    /// A weight's inverse (eq. 5), which never rises by construction.
    static member Of(table: WeightTable) : DescendingSchedule =
        ArgumentNullException.ThrowIfNull table
        DescendingSchedule(Schedule.descend table)

    /// A schedule for which it is proven, whatever the run.
    /// <exception cref="T:System.ArgumentException">It draws, or may rise; the message names the part at fault.</exception>
    static member Of(schedule: Schedule) : DescendingSchedule =
        ArgumentNullException.ThrowIfNull schedule

        match prove schedule with
        | Ok descending -> descending
        | Error fault -> raise (ArgumentException(string fault, nameof schedule))

    /// The text of the expression.
    override _.ToString() = string schedule

/// Descents for F#.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module DescendingSchedule =

    /// A weight's inverse (eq. 5), which never rises by construction.
    let ofTable (table: WeightTable) : DescendingSchedule = DescendingSchedule.Inverse table

    /// A schedule for which it is proven, or the part at fault.
    let ofSchedule (schedule: Schedule) : Result<DescendingSchedule, NotDescending> = DescendingSchedule.Prove schedule
