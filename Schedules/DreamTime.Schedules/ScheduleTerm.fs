namespace DreamTime.Schedules

open System

/// The syntax tree of schedules. `u = i / N` is a run's progress; timesteps are the paper's, 1 or above.
[<NoComparison; RequireQualifiedAccess>]
type internal ScheduleTerm =
    | Descend of Weight
    | At of t: int
    | Line of first: int * last: int
    | Power of first: int * last: int * exponent: float
    | Points of (float * int) list
    | Uniform of low: int * high: int
    | Clamp of low: int * high: int * ScheduleTerm
    | Stages of (float * ScheduleTerm) list
    | PerSample of ScheduleTerm

    override term.ToString() =
        let number = Number.show

        match term with
        | Descend weight -> string weight
        | At t -> $"at {t}"
        | Line(first, last) -> $"line {first} {last}"
        | Power(first, last, exponent) -> $"power {first} {last} {number exponent}"
        | Points points ->
            let points = points |> List.map (fun (u, t) -> $"({number u}, {t})")
            $"""points [{String.concat ", " points}]"""
        | Uniform(low, high) -> $"uniform {low} {high}"
        | Clamp(low, high, term) -> $"clamp {low} {high} ({term})"
        | Stages stages ->
            let stages = stages |> List.map (fun (u, term) -> $"({number u}, {term})")
            $"""stages [{String.concat ", " stages}]"""
        | PerSample term -> $"perSample ({term})"

    /// Whether some draw decides about a timestep.
    member term.IsRandom =
        match term with
        | Uniform _ -> true
        | Clamp(_, _, term)
        | PerSample term -> term.IsRandom
        | Stages stages -> stages |> List.exists (fun (_, term) -> term.IsRandom)
        | Descend _
        | At _
        | Line _
        | Power _
        | Points _ -> false

    /// Whether the samples of a step may get different timesteps.
    member term.DrawsPerSample =
        match term with
        | PerSample term -> term.IsRandom
        | Clamp(_, _, term) -> term.DrawsPerSample
        | Stages stages -> stages |> List.exists (fun (_, term) -> term.DrawsPerSample)
        | _ -> false

/// Terms from numbers of a program, which are checked as the parser checks those of a text.
module internal ScheduleTerm =

    let private outside (parameter: string) (value: obj) message : 'a =
        raise (ArgumentOutOfRangeException(parameter, value, message))

    let private checkTimestep parameter (t: int) =
        if t < 1 then
            outside parameter t "A timestep is 1 or above."

    let private checkInterval (low: int) (high: int) =
        if low > high then
            outside (nameof low) low $"The range is empty: low must not be above high, {high}."

    let private checkRising (parameter: string) (progress: float list) =
        if progress.IsEmpty then
            raise (ArgumentException("At least one is needed.", parameter))

        for u in progress do
            if not (u >= 0.0 && u <= 1.0) then
                outside parameter u "The progress u is in 0..1."

        for before, after in List.pairwise progress do
            if after <= before then
                outside parameter after $"The progress u must rise; before it stands {Number.show before}."

    let at t =
        checkTimestep (nameof t) t
        ScheduleTerm.At t

    let line first last =
        checkTimestep (nameof first) first
        checkTimestep (nameof last) last
        ScheduleTerm.Line(first, last)

    let power first last exponent =
        checkTimestep (nameof first) first
        checkTimestep (nameof last) last
        Number.checkPositive (nameof exponent) exponent
        ScheduleTerm.Power(first, last, exponent)

    let points (points: (float * int) list) =
        checkRising (nameof points) (List.map fst points)
        points |> List.iter (snd >> checkTimestep (nameof points))
        ScheduleTerm.Points(points |> List.map (fun (u, t) -> u + 0.0, t))

    let uniform low high =
        checkTimestep (nameof low) low
        checkInterval low high
        ScheduleTerm.Uniform(low, high)

    let clamp low high term =
        checkInterval low high
        ScheduleTerm.Clamp(low, high, term)

    let stages (stages: (float * ScheduleTerm) list) =
        checkRising (nameof stages) (List.map fst stages)

        if fst stages.Head <> 0.0 then
            outside (nameof stages) (fst stages.Head) "The first stage begins at u = 0."

        if fst (List.last stages) = 1.0 then
            outside (nameof stages) 1.0 "The last stage begins before u = 1."

        ScheduleTerm.Stages(stages |> List.map (fun (u, term) -> u + 0.0, term))
