namespace DreamTime.Schedules

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// A timestep rule compiled on a model's noise: step `i` of `N` to the paper's `t` in `1..T`. Immutable, safe on all threads.
[<Sealed>]
type Schedule internal (expression: ScheduleExpression, noise: NoiseSchedule, plan: Plan) =

    let neverRises =
        lazy
            (match Trend.ofPlan plan with
             | Trend.Level
             | Trend.Falling -> true
             | Trend.Rising
             | Trend.Unknown -> false)

    let limited (value: float) =
        Math.Clamp(Plan.nearest value, 1, noise.Timesteps)

    let check steps sample =
        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        if sample < 0 then
            raise (ArgumentOutOfRangeException(nameof sample, sample, "Samples are counted from 0."))

    let timestepAt step steps seed sample =
        check steps sample
        limited (Plan.value plan (Place.ofStep step steps) { Seed = seed; Step = step; Sample = 0 } sample)

    let secondAt step steps seed sample =
        check steps sample

        match Plan.second plan (Place.ofStep step steps) { Seed = seed; Step = step; Sample = 0 } sample with
        | ValueSome value -> Nullable(limited value)
        | ValueNone -> Nullable()

    member internal _.Plan = plan

    /// What was compiled.
    member _.Expression = expression

    /// What it was compiled on.
    member _.Noise = noise

    /// Whether no draw decides about a timestep.
    member _.IsDeterministic = expression.IsDeterministic

    /// Whether the samples of one step may get different timesteps.
    member _.PerSample = expression.PerSample

    /// Whether the timestep provably never rises over a run, as DreamTime's do by construction.
    member _.NeverRises = neverRises.Value

    /// Whether a step has a second timestep, at least in some stage.
    member _.HasSecondTimestep = expression.HasSecondTimestep

    /// The hash of the expression.
    member _.Hash = expression.Hash

    /// The paper's timestep of a step; for random schedules the draw of seed 0, sample 0.
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last timestep continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.TimestepAt(step: int, steps: int) : int = timestepAt step steps 0L 0

    /// The paper's timestep of a step: a pure function of its arguments, so that a resumed run goes on as an unbroken one.
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last timestep continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <param name="seed">The run's seed; without effect on deterministic schedules.</param>
    /// <param name="sample">The row of the batch, from 0; without effect unless the schedule draws per sample.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1 or the sample below 0.</exception>
    member _.TimestepAt(step: int, steps: int, seed: int64, sample: int) : int = timestepAt step steps seed sample

    /// The second timestep of a step, for methods that compare two noise levels; null where the step has one only.
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="sample">The row of the batch, from 0.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1 or the sample below 0.</exception>
    member _.SecondTimestepAt(step: int, steps: int, seed: int64, sample: int) : Nullable<int> =
        secondAt step steps seed sample

    /// The second timestep of a step with seed 0 and sample 0.
    /// <param name="step">The step `i`, `1..N`.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.SecondTimestepAt(step: int, steps: int) : Nullable<int> = secondAt step steps 0L 0

    /// `TimestepAt` with units that keep `i` and `t` apart.
    /// <param name="step">The step `i`, `1..N`.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.At(step: int<step>, steps: int<step>) : int<timestep> =
        timestepAt (int step) (int steps) 0L 0 * 1<timestep>

    /// The timesteps of a whole run: element `k` is step `i = k + 1`.
    /// <param name="steps">N, at least 1.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.Timesteps(steps: int, seed: int64) : int[] =
        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        match plan with
        | Plan.Inverse table -> table.InvertRun steps
        | _ -> Array.init steps (fun k -> timestepAt (k + 1) steps seed 0)

    /// The timesteps of a whole run with seed 0: element `k` is step `i = k + 1`.
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member schedule.Timesteps(steps: int) : int[] = schedule.Timesteps(steps, 0L)

    /// A whole run, to be looked up in.
    /// <param name="steps">N, in 1..1,000,000.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is outside 1..1,000,000.</exception>
    member schedule.Over(steps: int, seed: int64) : ScheduleRun =
        if steps < 1 || steps > ScheduleRun.Longest then
            raise (ArgumentOutOfRangeException(nameof steps, steps, $"A run has 1 to {ScheduleRun.Longest} steps."))

        ScheduleRun(expression, noise, seed, schedule.Timesteps(steps, seed))

    /// A whole run with seed 0, to be looked up in.
    /// <param name="steps">N, in 1..1,000,000.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is outside 1..1,000,000.</exception>
    member schedule.Over(steps: int) : ScheduleRun = schedule.Over(steps, 0L)

    /// The time that the model is used at in a step: the timestep, or for a flow the midpoint of its cell, in (0, 1).
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last timestep continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="sample">The row of the batch, from 0.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1 or the sample below 0.</exception>
    member _.TimeAt(step: int, steps: int, seed: int64, sample: int) : float =
        noise.Time(timestepAt step steps seed sample * 1<timestep>)

    /// The time of a step with seed 0 and sample 0.
    /// <param name="step">The step `i`, `1..N`.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member schedule.TimeAt(step: int, steps: int) : float = schedule.TimeAt(step, steps, 0L, 0)

    /// The weights it inverts, in the order of the text; none for a rule without weight.
    member _.Tables: IReadOnlyList<WeightTable> = Plan.tables plan |> Array.ofList :> _

    /// Where a run of N steps is spent, in numbers; for a schedule that draws, the draws of seed 0.
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member schedule.Summary(steps: int) : RunSummary =
        RunSummary.ofTimesteps noise.Timesteps (schedule.Timesteps steps)

    /// The schedule in words, several lines: conventions, Z, where a run of N steps is spent, SNR along it, and warnings.
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member schedule.Describe(steps: int) : string =
        let second step = schedule.SecondTimestepAt(step, steps)

        Description.write expression.Term expression.Hash noise (Plan.tables plan) (schedule.Timesteps steps) second

    /// The text of the expression.
    override _.ToString() = string expression

/// Making schedules.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Schedule =

    /// The schedule that spends its steps as a table's weight says (eq. 5); never rises.
    let descend (table: WeightTable) : Schedule =
        Schedule(ScheduleExpression.Descend table.Weight, table.Noise, Plan.Inverse table)

    /// Compiles an expression on a model's noise.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The expression does not fit the noise; the message names the t.</exception>
    let compile (noise: NoiseSchedule) (expression: ScheduleExpression) : Schedule =
        Schedule(expression, noise, PlanCompiler.timesteps noise expression.Term)

    /// Compiles an expression on a model's noise, or says why it does not fit.
    let tryCompile (noise: NoiseSchedule) (expression: ScheduleExpression) : Result<Schedule, CompileError> =
        try
            Ok(compile noise expression)
        with :? ScheduleException as exception' ->
            Error exception'.Error

    /// Reads a text of the language.
    let parse (text: string) : Result<ScheduleExpression, ParseError> =
        Parser.schedule text |> Result.map ScheduleExpression

    /// A whole run of `steps` steps, to be looked up in.
    let over (steps: int<step>) (schedule: Schedule) : ScheduleRun = schedule.Over(int steps)

    /// The timesteps of a run of `steps` steps, in order.
    let timesteps (steps: int<step>) (schedule: Schedule) : int<timestep>[] =
        schedule.Timesteps(int steps) |> Array.map (fun t -> t * 1<timestep>)

/// Compiling, said of the expression.
[<AbstractClass; Sealed; Extension>]
type ScheduleCompilation private () =

    /// Compiles on a model's noise.
    /// <param name="expression">What to compile.</param>
    /// <param name="noise">The noise whose `T` and abar the expression is about.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">
    /// A weight is negative or not finite somewhere, or 0 everywhere, or a timestep is outside `1..T`; the message names the t.
    /// </exception>
    [<Extension>]
    static member Compile(expression: ScheduleExpression, noise: NoiseSchedule) : Schedule =
        ArgumentNullException.ThrowIfNull noise
        Schedule.compile noise expression
