namespace DreamTime.Schedules

open System

/// A number that changes along a run, such as a loss weight, a guidance scale or the end of a range: the schedules' language, of numbers.
/// Immutable, compared by its text, safe on all threads.
[<Sealed>]
type ScalarSchedule internal (term: ScheduleTerm) =
    let plan = PlanCompiler.numbers term

    let text =
        match term with
        | ScheduleTerm.At value -> Number.show value
        | term -> string term

    let hash = lazy (Identity.hash text)

    let valueAt step steps seed =
        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        Plan.value plan (Place.ofStep step steps) { Seed = seed; Step = step; Sample = 0 } 0

    member internal _.Term = term

    /// Whether no draw decides about the number.
    member _.IsDeterministic = not term.IsRandom

    /// A hash of the content, as schedules have it.
    member _.Hash: string = hash.Value

    /// The number at a step; with draws, that of seed 0.
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last number continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.ValueAt(step: int, steps: int) : float = valueAt step steps 0L

    /// The number at a step, a pure function of its arguments.
    /// <param name="step">The step `i`, `1..N`; beyond the ends the first or last number continues.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <param name="seed">The run's seed; without effect unless there are draws.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    member _.ValueAt(step: int, steps: int, seed: int64) : float = valueAt step steps seed

    /// Reads a number, or words such as `line 1 0.1`, `exponential 1e-2 1e-4`, `points [(step 0, 1), (step 5000, 0.5)]`.
    /// <param name="text">At most 100,000 characters.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleParseException">The text is not of the language; the message says where and why.</exception>
    static member Parse(text: string) : ScalarSchedule =
        ArgumentNullException.ThrowIfNull text

        match Parser.numbers text with
        | Ok term -> ScalarSchedule term
        | Error error -> raise (ScheduleParseException error)

    /// The JSON form: `{"language":1,"numbers":{"word":"line","first":1,"last":0.1}}`.
    member _.ToJson() : string = ExpressionJson.ofNumbers term

    /// Reads the JSON form; what is unknown, doubled, missing or of another type is refused.
    /// <param name="json">At most 1,000,000 characters.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleJsonException">This is no such form; the message says where and why.</exception>
    static member FromJson(json: string) : ScalarSchedule =
        ArgumentNullException.ThrowIfNull json
        ScalarSchedule(ExpressionJson.numbers json)

    /// The same schedule without what changes nothing, by the laws of `SimplificationLaws`.
    member _.Simplify() : ScalarSchedule =
        ScalarSchedule(fst (Simplification.ofNumbers term))

    /// The same number throughout.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The number is not finite.</exception>
    static member Constant(value: float) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.at Kind.Numbers value)

    /// Straight from the first number, at u = 0, to the last, at u = 1.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is not finite.</exception>
    static member Line(first: float, last: float) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.line Kind.Numbers first last)

    /// `first + (last - first) u^exponent`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is not finite or the exponent not above 0.</exception>
    static member Power(first: float, last: float, exponent: float) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.power Kind.Numbers first last exponent)

    /// Half a cosine from the first number to the last, level at both ends.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is not finite.</exception>
    static member Cosine(first: float, last: float) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.cosine Kind.Numbers first last)

    /// `first (last / first)^u`: the same factor at every step.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is not above 0.</exception>
    static member Exponential(first: float, last: float) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.exponential first last)

    /// Straight between points (u, number), level before the first and after the last.
    /// <exception cref="T:System.ArgumentException">No point, u outside 0..1 or not rising, or a number that is not finite.</exception>
    static member Points(points: seq<struct (float * float)>) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.points Kind.Numbers [ for struct (u, value) in points -> Position.Share u, value ])

    /// Straight between points (step, number), whatever N is; level before the first and after the last.
    /// <exception cref="T:System.ArgumentException">No point, a step below 0 or not rising, or a number that is not finite.</exception>
    static member PointsBySteps(points: seq<struct (int * float)>) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.points Kind.Numbers [ for struct (i, value) in points -> Position.Step i, value ])

    /// From each u on the schedule beside it, which runs through once until the next begins.
    /// <exception cref="T:System.ArgumentException">No stage, u outside 0..1 or not rising, or a first u that is not 0.</exception>
    static member Stages(stages: seq<struct (float * ScalarSchedule)>) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.stages [ for struct (u, schedule) in stages -> Position.Share u, schedule.Term ])

    /// After each step the schedule beside it, whatever N is. The first begins after step 0.
    /// <exception cref="T:System.ArgumentException">No stage, steps that do not rise, or a first one that is not 0.</exception>
    static member StagesBySteps(stages: seq<struct (int * ScalarSchedule)>) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.stages [ for struct (i, schedule) in stages -> Position.Step i, schedule.Term ])

    /// A schedule's number, limited to `low..high`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is above `high`.</exception>
    static member Clamp(low: float, high: float, schedule: ScalarSchedule) : ScalarSchedule =
        ScalarSchedule(ScheduleTerm.clamp low high schedule.Term)

    /// The text of the language.
    override _.ToString() = text

    /// Equal texts.
    override _.Equals other =
        match other with
        | :? ScalarSchedule as other -> string other = text
        | _ -> false

    /// Equal schedules have equal hash codes.
    override _.GetHashCode() = text.GetHashCode()
