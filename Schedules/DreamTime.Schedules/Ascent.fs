namespace DreamTime.Schedules

/// What keeps a schedule from being a descent: a part that draws, or one that may rise.
module internal Ascent =

    let private show = Number.show

    let private place position =
        match position with
        | Position.Share u -> $"u = {show u}"
        | step -> string step

    let private firstRise (values: float list) =
        values |> List.pairwise |> List.tryFindIndex (fun (a, b) -> b > a) |> Option.defaultValue 0

    let rec private drawn (term: ScheduleTerm) =
        match term.Children |> List.tryFind _.IsRandom with
        | Some inner -> drawn inner
        | None -> term, "each step draws its timestep"

    let private falls (plan: Plan) =
        match Trend.ofPlan plan with
        | Trend.Level
        | Trend.Falling -> true
        | Trend.Rising
        | Trend.Unknown -> false

    /// The smallest part at fault of a term that draws nothing and is not proven to fall.
    let rec private risen (noise: NoiseSchedule) (term: ScheduleTerm) =
        match term with
        | ScheduleTerm.Clamp(_, _, inner)
        | ScheduleTerm.Shift(_, inner)
        | ScheduleTerm.Quantise(_, inner)
        | ScheduleTerm.Jitter(_, inner)
        | ScheduleTerm.PerSample inner
        | ScheduleTerm.PerBatch inner
        | ScheduleTerm.Pair(inner, _) -> risen noise inner
        | ScheduleTerm.Stages stages ->
            match stages |> List.tryFind (fun (_, stage) -> not (falls (PlanCompiler.timesteps noise stage))) with
            | Some(_, stage) -> risen noise stage
            | None -> term, "a stage begins above the end of the one before it"
        | ScheduleTerm.Points points ->
            let k = firstRise (List.map snd points)
            let (before, low), (after, high) = points[k], points[k + 1]
            term, $"it rises from {show low} at {place before} to {show high} at {place after}"
        | ScheduleTerm.Sigmas sigmas ->
            let k = firstRise sigmas
            term, $"sigma {k + 2}, {show sigmas[k + 1]}, is above the one before it, {show sigmas[k]}"
        | ScheduleTerm.Reverse _ -> term, "the reverse of a schedule that falls rises"
        | term -> term, "its last timestep is above its first"

    /// The part at fault and the reason; nothing for a schedule that draws nothing and provably never rises.
    let find (noise: NoiseSchedule) (term: ScheduleTerm) (plan: Plan) : (ScheduleTerm * string) option =
        if term.IsRandom then Some(drawn term)
        elif falls plan then None
        else Some(risen noise term)
