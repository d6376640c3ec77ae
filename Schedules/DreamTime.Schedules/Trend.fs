namespace DreamTime.Schedules

/// Where a plan is proven to go over a run, draws or not.
[<RequireQualifiedAccess>]
type internal Trend =
    | Level
    | Falling
    | Rising
    | Unknown

module internal Trend =

    let private between (first: float) (last: float) =
        if first = last then Trend.Level
        elif first > last then Trend.Falling
        else Trend.Rising

    let private both earlier later =
        match earlier, later with
        | Trend.Level, trend
        | trend, Trend.Level -> trend
        | earlier, later when earlier = later -> earlier
        | _ -> Trend.Unknown

    let private ofValues (values: float[]) =
        values |> Array.pairwise |> Array.fold (fun trend (a, b) -> both trend (between a b)) Trend.Level

    /// The values that a plan with a trend begins at and ends at, or passes beyond neither.
    let rec private ends plan : struct (float * float) =
        let mapped change plan =
            let struct (first, last) = ends plan
            struct (change first, change last)

        match plan with
        | Plan.Inverse table
        | Plan.Ceiling table -> struct (float table.Highest, float table.Lowest)
        | Plan.Curve(_, first, last) -> struct (first, last)
        | Plan.Polyline(_, values) -> struct (values[0], Array.last values)
        | Plan.Sigmas(scale, logSigmas) ->
            struct (SigmaScale.timestepOf scale logSigmas[0], SigmaScale.timestepOf scale (Array.last logSigmas))
        | Plan.Clamp(low, high, inner) -> mapped (fun t -> System.Math.Clamp(t, low, high)) inner
        | Plan.Shift(by, inner) -> mapped (fun t -> t + by) inner
        | Plan.Quantise(levels, timesteps, inner) -> mapped (Plan.quantise levels timesteps) inner
        | Plan.PerSample inner
        | Plan.PerBatch inner
        | Plan.Pair(inner, _)
        | Plan.Ahead(_, _, _, inner)
        | Plan.Jitter(_, _, inner) -> ends inner
        | Plan.Reverse inner ->
            let struct (first, last) = ends inner
            struct (last, first)
        | Plan.Stages(_, stages) ->
            let struct (first, _) = ends stages[0]
            let struct (_, last) = ends (Array.last stages)
            struct (first, last)
        | Plan.Uniform(low, high, _) -> struct (float high, float low)
        | Plan.Between(low, _, _) -> ends low
        | Plan.Normal(centre, _, _, _) -> ends centre

    let rec ofPlan plan : Trend =
        match plan with
        | Plan.Inverse _
        | Plan.Ceiling _ -> Trend.Falling
        | Plan.Curve(_, first, last) -> between first last
        | Plan.Polyline(_, values) -> ofValues values
        | Plan.Sigmas(_, logSigmas) -> ofValues logSigmas
        | Plan.Uniform(low, high, _) -> if low = high then Trend.Level else Trend.Unknown
        | Plan.Between _
        | Plan.Normal _ -> Trend.Unknown
        | Plan.Clamp(low, high, inner) -> if low = high then Trend.Level else ofPlan inner
        | Plan.Jitter(0, _, inner)
        | Plan.Shift(_, inner)
        | Plan.Quantise(_, _, inner)
        | Plan.PerSample inner
        | Plan.PerBatch inner
        | Plan.Pair(inner, _)
        | Plan.Ahead(_, _, _, inner) -> ofPlan inner
        | Plan.Jitter _ -> Trend.Unknown
        | Plan.Reverse inner ->
            match ofPlan inner with
            | Trend.Falling -> Trend.Rising
            | Trend.Rising -> Trend.Falling
            | trend -> trend
        | Plan.Stages(_, stages) ->
            let turns =
                stages
                |> Array.pairwise
                |> Array.map (fun (earlier, later) ->
                    let struct (_, last) = ends earlier
                    let struct (first, _) = ends later
                    between (float (Plan.nearest last)) (float (Plan.nearest first)))

            Array.fold both Trend.Level (Array.append (Array.map ofPlan stages) turns)
