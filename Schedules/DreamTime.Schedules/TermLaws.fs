namespace DreamTime.Schedules

open System

/// A law of schedules with its use: the shorter side where the law holds.
type internal TermLaw = {
    Law: SimplificationLaw
    Rewrite: Kind -> ScheduleTerm -> ScheduleTerm voption
}

/// The laws of schedules, of timesteps and of numbers. Each use makes an expression smaller, or turns a word into a simpler one for good.
module internal TermLaws =

    let private law isExact name statement rewrite = {
        Law = SimplificationLaw(name, statement, isExact, true)
        Rewrite = rewrite
    }

    let private exact name statement rewrite = law true name statement rewrite
    let private rounded name statement rewrite = law false name statement rewrite

    /// Whether a timestep of this value could be written as `at`.
    let private canStand kind (value: float) =
        kind = Kind.Numbers || value >= 1.0 && value = floor value

    let private at kind value =
        if canStand kind value then ValueSome(ScheduleTerm.At value) else ValueNone

    /// Whether a schedule looks the same from every place of a run.
    let private isLevel term =
        match term with
        | ScheduleTerm.At _
        | ScheduleTerm.Uniform _ -> true
        | _ -> false

    let private level kind term =
        match term with
        | ScheduleTerm.Line(first, last)
        | ScheduleTerm.Power(first, last, _)
        | ScheduleTerm.Cosine(first, last)
        | ScheduleTerm.Exponential(first, last) when first = last -> at kind first
        | ScheduleTerm.Points((_, value) :: rest) when rest |> List.forall (fun (_, other) -> other = value) ->
            at kind value
        | ScheduleTerm.Uniform(low, high) when low = high -> at kind (float low)
        | _ -> ValueNone

    let private clamps kind term =
        match term with
        | ScheduleTerm.Clamp(a, b, ScheduleTerm.Clamp(c, d, inner)) ->
            ValueSome(ScheduleTerm.Clamp(Math.Clamp(c, a, b), Math.Clamp(d, a, b), inner))
        | ScheduleTerm.Clamp(a, b, ScheduleTerm.At value) -> at kind (Math.Clamp(value, a, b))
        | ScheduleTerm.Clamp(a, b, inner) when a = b && not (inner.IsRandom || inner.HasSecond) -> at kind a
        | _ -> ValueNone

    /// Joins neighbouring stages that are level and equal.
    let private stages term =
        match term with
        | ScheduleTerm.Stages [ _, only ] -> ValueSome only
        | ScheduleTerm.Stages stages ->
            let joined =
                List.foldBack
                    (fun (position, stage) rest ->
                        match rest with
                        | (_, next) :: behind when isLevel stage && string stage = string next ->
                            (position, stage) :: behind
                        | rest -> (position, stage) :: rest)
                    stages
                    []

            if joined.Length < stages.Length then
                ValueSome(ScheduleTerm.Stages joined)
            else
                ValueNone
        | _ -> ValueNone

    let private between term =
        match term with
        | ScheduleTerm.Between(ScheduleTerm.At low, ScheduleTerm.At high) when
            low = floor low && high = floor high && max (abs low) (abs high) <= float Int32.MaxValue
            ->
            ValueSome(ScheduleTerm.Uniform(int (min low high), int (max low high)))
        | _ -> ValueNone

    /// Every law, in the order in which they are tried.
    let all: TermLaw list = [
        exact
            "level"
            "line a a = power a a p = cosine a a = exponential a a = uniform a a = at a, and for points that are all a; a timestep must be whole"
            level
        exact
            "clamps"
            "clamp a b (clamp c d (s)) = clamp (c limited to a..b) (d limited to a..b) (s); clamp a b (at t) = at (t limited to a..b); clamp a a (s) = at a where s does not draw and has one timestep a step"
            clamps
        exact "shift-zero" "shift 0 (s) = s, where s is in 1..T" (fun _ term ->
            match term with
            | ScheduleTerm.Shift(0.0, inner) -> ValueSome inner
            | _ -> ValueNone)
        exact "jitter-zero" "jitter 0 (s) = s, where s is in 1..T" (fun _ term ->
            match term with
            | ScheduleTerm.Jitter(0, inner) -> ValueSome inner
            | _ -> ValueNone)
        exact "reverse-level" "reverse (at t) = at t, reverse (uniform a b) = uniform a b" (fun _ term ->
            match term with
            | ScheduleTerm.Reverse inner when isLevel inner -> ValueSome inner
            | _ -> ValueNone)
        exact "stages" "stages [(0, s)] = s; equal stages in a row that are at or uniform are one" (fun _ -> stages)
        exact "per-deterministic" "perSample (s) = perBatch (s) = s, where s does not draw" (fun _ term ->
            match term with
            | ScheduleTerm.PerSample inner
            | ScheduleTerm.PerBatch inner when not inner.IsRandom -> ValueSome inner
            | _ -> ValueNone)
        exact "per-per" "of perSample and perBatch directly around each other the inner one decides" (fun _ term ->
            match term with
            | ScheduleTerm.PerSample(ScheduleTerm.PerSample _ | ScheduleTerm.PerBatch _ as inner)
            | ScheduleTerm.PerBatch(ScheduleTerm.PerSample _ | ScheduleTerm.PerBatch _ as inner) -> ValueSome inner
            | _ -> ValueNone)
        exact "quantise-quantise" "quantise n (quantise n (s)) = quantise n (s)" (fun _ term ->
            match term with
            | ScheduleTerm.Quantise(n, (ScheduleTerm.Quantise(m, _) as inner)) when n = m -> ValueSome inner
            | _ -> ValueNone)
        exact "power-line" "power a b 1 = line a b" (fun _ term ->
            match term with
            | ScheduleTerm.Power(first, last, 1.0) -> ValueSome(ScheduleTerm.Line(first, last))
            | _ -> ValueNone)
        exact "between-levels" "between (at a) (at b) = uniform a b, the smaller first" (fun _ -> between)
        rounded "reverse-reverse" "reverse (reverse (s)) = s, from the first step on" (fun _ term ->
            match term with
            | ScheduleTerm.Reverse(ScheduleTerm.Reverse inner) -> ValueSome inner
            | _ -> ValueNone)
        rounded "points-line" "points [(0, a), (1, b)] = line a b" (fun _ term ->
            match term with
            | ScheduleTerm.Points [ Position.Share 0.0, first; Position.Share 1.0, last ] ->
                ValueSome(ScheduleTerm.Line(first, last))
            | _ -> ValueNone)
        rounded "shift-shift" "shift a (shift b (s)) = shift (a + b) (s), of numbers" (fun kind term ->
            match term with
            | ScheduleTerm.Shift(a, ScheduleTerm.Shift(b, inner)) when kind = Kind.Numbers && Double.IsFinite(a + b) ->
                ValueSome(ScheduleTerm.Shift(a + b + 0.0, inner))
            | _ -> ValueNone)
    ]
