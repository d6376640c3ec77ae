namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// A timestep rule as data: what the language says, before it meets a model's noise.
/// Compared by structure; its text parses back to it.
[<Sealed>]
type ScheduleExpression internal (term: ScheduleTerm) =
    let text = lazy (string term)

    let hash = lazy (Identity.hash text.Value)

    member internal _.Term = term

    /// Whether no draw decides about a timestep.
    member _.IsDeterministic = not term.IsRandom

    /// Whether the samples of one step may get different timesteps.
    member _.PerSample = term.DrawsPerSample

    /// Whether a step has a second timestep, as methods with two noise levels need; at least in some stage.
    member _.HasSecondTimestep = term.HasSecond

    /// SHA-256, in hexadecimal, of "dreamtime schedule 1", a line feed and the text: equal expressions have equal hashes,
    /// on every machine. The number is `HashVersion`.
    member _.Hash: string = hash.Value

    /// Grows when the language gives a text another meaning.
    static member HashVersion = Identity.version

    /// Reads a text of the language: a schedule, a weight (which then descends), or the name of a preset.
    /// <param name="text">At most 100,000 characters.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleParseException">The text is not of the language; the message says where and why.</exception>
    static member Parse(text: string) : ScheduleExpression =
        ArgumentNullException.ThrowIfNull text

        match Parser.schedule text with
        | Ok term -> ScheduleExpression term
        | Error error -> raise (ScheduleParseException error)

    /// The JSON form, in which presets are written out: `{"language":1,"schedule":{"word":"uniform","low":21,"high":981}}`.
    member _.ToJson() : string = ExpressionJson.ofSchedule term

    /// Reads the JSON form of a schedule, or of a weight, which then descends; what is unknown, doubled, missing or of another type is refused.
    /// <param name="json">At most 1,000,000 characters.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleJsonException">This is no such form; the message says where and why.</exception>
    static member FromJson(json: string) : ScheduleExpression =
        ArgumentNullException.ThrowIfNull json
        ScheduleExpression(ExpressionJson.scheduleOrWeight json)

    /// The same schedule without what changes nothing, by the laws of `SimplificationLaws`.
    member _.Simplify() : ScheduleExpression =
        ScheduleExpression(fst (Simplification.ofTerm term))

    /// The laws that `Simplify` uses, in order; empty where nothing can be simplified.
    member _.LawsToSimplify: IReadOnlyList<SimplificationLaw> =
        snd (Simplification.ofTerm term) |> Array.ofList |> Array.AsReadOnly :> _

    /// A weight as a descending schedule (eq. 5).
    static member Descend(weight: Weight) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.Descend weight)

    /// A weight inverted as some implementations do: the largest `t` whose tail sum reaches `i / N`, not the nearest.
    static member Ceiling(weight: Weight) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.Ceiling weight)

    /// One timestep throughout.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is below 1.</exception>
    static member At(t: int) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.at Kind.Timesteps (float t))

    /// Straight from `first`, at u = 0, to `last`, at u = 1; the nearest timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A timestep is below 1.</exception>
    static member Line(first: float, last: float) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.line Kind.Timesteps first last)

    /// `first + (last - first) u^exponent`; the nearest timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A timestep is below 1 or the exponent not above 0.</exception>
    static member Power(first: float, last: float, exponent: float) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.power Kind.Timesteps first last exponent)

    /// Half a cosine from `first` to `last`, level at both ends; the nearest timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A timestep is below 1.</exception>
    static member Cosine(first: float, last: float) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.cosine Kind.Timesteps first last)

    /// `first (last / first)^u`; the nearest timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A timestep is below 1.</exception>
    static member Exponential(first: float, last: float) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.exponentialTimesteps first last)

    /// Straight between points (u, t), level before the first and after the last.
    /// <exception cref="T:System.ArgumentException">No point, u outside 0..1 or not rising, or a timestep below 1.</exception>
    static member Points(points: seq<struct (float * float)>) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.points Kind.Timesteps [ for struct (u, t) in points -> Position.Share u, t ])

    /// Straight between points (step, t), whatever N is; level before the first and after the last.
    /// <exception cref="T:System.ArgumentException">No point, a step below 0 or not rising, or a timestep below 1.</exception>
    static member PointsBySteps(points: seq<struct (int * float)>) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.points Kind.Timesteps [ for struct (i, t) in points -> Position.Step i, t ])

    /// A sampler's noise levels in their order, which a run of as many steps takes one by one; between them straight in log sigma.
    /// <param name="sigmas">`sqrt((1 - abar) / abar)`, above 0.</param>
    /// <exception cref="T:System.ArgumentException">No sigma, or one that is not above 0.</exception>
    static member Sigmas(sigmas: seq<float>) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.sigmas (List.ofSeq sigmas))

    /// Any of `low..high` with the same probability, drawn for each step.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is below 1 or above `high`.</exception>
    static member Uniform(low: int, high: int) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.uniform Kind.Timesteps low high)

    /// Any timestep from one schedule's to another's, whichever is larger, with the same probability.
    /// <exception cref="T:System.ArgumentException">An end is itself drawn.</exception>
    static member Between(low: ScheduleExpression, high: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.between low.Term high.Term)

    /// A normal draw around a schedule's timestep, repeated until it is in `1..T`.
    /// <exception cref="T:System.ArgumentException">The centre or the deviation is itself drawn.</exception>
    static member Normal(centre: ScheduleExpression, deviation: ScalarSchedule) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.normalAround centre.Term deviation.Term)

    /// A schedule's timestep, and its second where it has one, limited to `low..high`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is above `high`.</exception>
    static member Clamp(low: int, high: int, schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.clamp (float low) (float high) schedule.Term)

    /// A schedule's timestep and a number, limited to `1..T`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The number is not finite.</exception>
    static member Shift(by: float, schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.shift by schedule.Term)

    /// The nearest of T/n, 2T/n … T to a schedule's timestep, the larger of two as near.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`levels` is below 1.</exception>
    static member Quantise(levels: int, schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.quantise levels schedule.Term)

    /// A schedule's timestep and a draw of `-reach..reach`, limited to `1..T`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`reach` is below 0.</exception>
    static member Jitter(reach: int, schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.jitter reach schedule.Term)

    /// The run's timesteps in the opposite order; draws stay those of the step they are drawn for.
    static member Reverse(schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.reverse schedule.Term)

    /// From each u on the schedule beside it, which runs through once until the next begins: a stage of n steps is a run of n.
    /// <exception cref="T:System.ArgumentException">No stage, u outside 0..1 or not rising, or a first u that is not 0.</exception>
    static member Stages(stages: seq<struct (float * ScheduleExpression)>) : ScheduleExpression =
        ScheduleExpression(
            ScheduleTerm.stages [ for struct (u, schedule) in stages -> Position.Share u, schedule.Term ]
        )

    /// After each step the schedule beside it, whatever N is. The first begins after step 0.
    /// <exception cref="T:System.ArgumentException">No stage, steps that do not rise, or a first one that is not 0.</exception>
    static member StagesBySteps(stages: seq<struct (int * ScheduleExpression)>) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.stages [ for struct (i, schedule) in stages -> Position.Step i, schedule.Term ])

    /// A draw for each sample of the batch instead of one for all of a step: `perSample` in the language.
    static member EachSample(schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.perSample schedule.Term)

    /// One draw for all samples of a step: `perBatch` in the language, and what holds where nothing is said.
    static member EachBatch(schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.perBatch schedule.Term)

    /// A second timestep beside a schedule's: the sum with an offset, limited to `1..T`.
    /// <exception cref="T:System.ArgumentException">The schedule already has two timesteps a step.</exception>
    static member Pair(schedule: ScheduleExpression, offset: ScalarSchedule) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.pair schedule.Term offset.Term)

    /// A second timestep beyond a schedule's: `t + floor(share (t - floor) r)` with r drawn from [0, 1), limited to `1..T`.
    /// <exception cref="T:System.ArgumentException">The schedule already has two timesteps a step, or the floor is itself drawn.</exception>
    static member Ahead(share: float, floor: ScheduleExpression, schedule: ScheduleExpression) : ScheduleExpression =
        ScheduleExpression(ScheduleTerm.ahead share floor.Term schedule.Term)

    /// The text of the language.
    override _.ToString() = text.Value

    /// Equal texts.
    override _.Equals other =
        match other with
        | :? ScheduleExpression as other -> string other = text.Value
        | _ -> false

    /// Equal expressions have equal hash codes.
    override _.GetHashCode() = text.Value.GetHashCode()
