namespace DreamTime.Schedules

open System
open System.Security.Cryptography
open System.Text

/// A timestep rule as data: what the language says, before it meets a model's noise.
/// Compared by structure; its text parses back to it.
[<Sealed>]
type ScheduleExpression internal (term: ScheduleTerm) =
    let text = lazy (string term)

    let hash =
        lazy (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes text.Value)))

    member internal _.Term = term

    /// Whether no draw decides about a timestep.
    member _.IsDeterministic = not term.IsRandom

    /// Whether the samples of one step may get different timesteps.
    member _.PerSample = term.DrawsPerSample

    /// SHA-256 of the text in hexadecimal: equal expressions have equal hashes, on every machine.
    member _.Hash: string = hash.Value

    /// Compiles on a model's noise.
    /// <param name="noise">The noise whose `T` and abar the expression is about.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">
    /// A weight is negative or not finite somewhere, or 0 everywhere, or a timestep is outside `1..T`; the message names the t.
    /// </exception>
    member expression.Compile(noise: NoiseSchedule) : Schedule =
        ArgumentNullException.ThrowIfNull noise
        Schedule(expression, noise, Plan.compile noise term)

    /// Reads a text of the language: a schedule, a weight (which then descends), or the name of a preset.
    /// <param name="text">At most 100,000 characters.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleParseException">The text is not of the language; the message says where and why.</exception>
    static member Parse(text: string) : ScheduleExpression =
        ArgumentNullException.ThrowIfNull text

        match Parser.schedule text with
        | Ok term -> ScheduleExpression term
        | Error error -> raise (ScheduleParseException error)

    /// A weight as a descending schedule (eq. 5).
    static member Descend(weight: Weight) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.Descend weight)

    /// One timestep throughout.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is below 1.</exception>
    static member At(t: int) : ScheduleExpression = ScheduleExpression(ScheduleTerm.at t)

    /// Straight from `first`, at u = 0, to `last`, at u = 1; the nearest timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A timestep is below 1.</exception>
    static member Line(first: int, last: int) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.line first last)

    /// `first + (last - first) u^exponent`; the nearest timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A timestep is below 1 or the exponent not above 0.</exception>
    static member Power(first: int, last: int, exponent: float) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.power first last exponent)

    /// Straight between points (u, t), level before the first and after the last.
    /// <exception cref="T:System.ArgumentException">No point, u outside 0..1 or not rising, or a timestep below 1.</exception>
    static member Points(points: seq<struct (float * int)>) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.points [ for struct (u, t) in points -> u, t ])

    /// Any of `low..high` with the same probability, drawn for each step.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is below 1 or above `high`.</exception>
    static member Uniform(low: int, high: int) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.uniform low high)

    /// A schedule's timestep, limited to `low..high`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is above `high`.</exception>
    static member Clamp(low: int, high: int, schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.clamp low high schedule.Term)

    /// From each u on the schedule beside it, which runs through once until the next begins: a stage of n steps is a run of n.
    /// <exception cref="T:System.ArgumentException">No stage, u outside 0..1 or not rising, or a first u that is not 0.</exception>
    static member Stages(stages: seq<struct (float * ScheduleExpression)>) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.stages [ for struct (u, schedule) in stages -> u, schedule.Term ])

    /// A draw for each sample of the batch instead of one for all of a step: `perSample` in the language.
    static member EachSample(schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.PerSample schedule.Term)

    /// The text of the language.
    override _.ToString() = text.Value

    /// Equal texts.
    override _.Equals other =
        match other with
        | :? ScheduleExpression as other -> string other = text.Value
        | _ -> false

    /// Equal expressions have equal hash codes.
    override _.GetHashCode() = text.Value.GetHashCode()

/// A timestep rule compiled on a model's noise: step `i` of `N` to the paper's `t` in `1..T`. Immutable, safe on all threads.
and [<Sealed>] Schedule internal (expression: ScheduleExpression, noise: NoiseSchedule, plan: Plan) =

    let neverRises = lazy (Plan.neverRises plan)

    let timestepAt step steps seed sample =
        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        if sample < 0 then
            raise (ArgumentOutOfRangeException(nameof sample, sample, "Samples are counted from 0."))

        let progress = Math.Clamp(float step / float steps, 0.0, 1.0)
        Plan.timestepAt plan progress { Seed = seed; Step = step; Sample = 0 } sample

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

    /// SHA-256 of the expression's text in hexadecimal.
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

        Array.init steps (fun k -> timestepAt (k + 1) steps seed 0)

    /// The timesteps of a whole run with seed 0: element `k` is step `i = k + 1`.
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member schedule.Timesteps(steps: int) : int[] = schedule.Timesteps(steps, 0L)

    /// The schedule in words, several lines: conventions, Z, where a run of N steps is spent, the last step, warnings.
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member schedule.Describe(steps: int) : string =
        Description.write expression.Term expression.Hash noise plan (schedule.Timesteps steps)

    /// The text of the expression.
    override _.ToString() = string expression

/// Making schedules.
module Schedule =

    /// The schedule that spends its steps as a table's weight says (eq. 5); never rises.
    let descend (table: WeightTable) : Schedule =
        Schedule(ScheduleExpression.Descend table.Weight, table.Noise, Plan.Inverse table)

    /// Compiles an expression on a model's noise.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The expression does not fit the noise; the message names the t.</exception>
    let compile (noise: NoiseSchedule) (expression: ScheduleExpression) : Schedule = expression.Compile noise

    /// Reads a text of the language.
    let parse (text: string) : Result<ScheduleExpression, ParseError> =
        Parser.schedule text |> Result.map ScheduleExpression

    /// The timesteps of a run of `steps` steps, in order.
    let timesteps (steps: int<step>) (schedule: Schedule) : int<timestep>[] =
        schedule.Timesteps(int steps) |> Array.map (fun t -> t * 1<timestep>)
