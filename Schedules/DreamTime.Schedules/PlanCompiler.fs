namespace DreamTime.Schedules

open System

/// From the syntax tree to a plan: words meet the noise, and words that draw get their channels.
module internal PlanCompiler =

    let private fault (message: string) t =
        raise (ScheduleException(message, Nullable<int> t))

    /// Channels that a term needs; stages, of which one is at work at a time, share theirs.
    let rec private channels (term: ScheduleTerm) =
        let below = term.Children |> List.map channels

        match term with
        | ScheduleTerm.Stages _ -> List.max below
        // What has one value draws nothing, so that writing it shorter moves no other draw.
        | ScheduleTerm.Uniform(low, high) when low = high -> 0
        | ScheduleTerm.Jitter(0, _) -> List.sum below
        | ScheduleTerm.Uniform _
        | ScheduleTerm.Between _
        | ScheduleTerm.Normal _
        | ScheduleTerm.Jitter _
        | ScheduleTerm.Ahead _ -> 1 + List.sum below
        | _ -> List.sum below

    let private checkRange (noise: NoiseSchedule) (term: ScheduleTerm) (t: float) =
        if not (Plan.nearest t >= 1 && t < float noise.Timesteps + 0.5) then
            fault
                $"t = {Number.show t} in '{Excerpt.ofText (string term)}' is outside 1..{noise.Timesteps}, the timesteps of the noise '{noise.Name}'."
                (int t)

    /// Timesteps stay in 1..T, whatever is added to them.
    let private limited (noise: NoiseSchedule | null) plan =
        match noise with
        | null -> plan
        | noise -> Plan.Clamp(1.0, float noise.Timesteps, plan)

    let private needed (noise: NoiseSchedule | null) : NoiseSchedule =
        match noise with
        | null -> invalidOp "Words of timesteps have no meaning in a schedule of numbers; the parser refuses them."
        | noise -> noise

    let rec private compileOn (noise: NoiseSchedule | null) (channel: int) (term: ScheduleTerm) : Plan =
        let check (t: float) =
            match noise with
            | null -> ()
            | noise -> checkRange noise term t

        let curve easing first last =
            check first
            check last
            Plan.Curve(easing, first, last)

        let inner = compileOn noise channel
        /// The channel after those of a term.
        let after term = channel + channels term

        match term with
        | ScheduleTerm.Descend weight -> Plan.Inverse(WeightTable.compile (needed noise) weight)
        | ScheduleTerm.Ceiling weight -> Plan.Ceiling(WeightTable.compile (needed noise) weight)
        | ScheduleTerm.At value -> curve (Easing.Power 1.0) value value
        | ScheduleTerm.Line(first, last) -> curve (Easing.Power 1.0) first last
        | ScheduleTerm.Power(first, last, exponent) -> curve (Easing.Power exponent) first last
        | ScheduleTerm.Cosine(first, last) -> curve Easing.Cosine first last
        | ScheduleTerm.Exponential(first, last) -> curve Easing.Exponential first last
        | ScheduleTerm.Points points ->
            let positions, values = Array.unzip (Array.ofList points)
            Array.iter check values
            Plan.Polyline(positions, values)
        | ScheduleTerm.Sigmas sigmas ->
            Plan.Sigmas(SigmaScale.ofNoise (needed noise), sigmas |> List.map log |> Array.ofList)
        | ScheduleTerm.Uniform(low, high) ->
            check (float low)
            check (float high)
            Plan.Uniform(low, high, channel)
        | ScheduleTerm.Between(low, high) -> Plan.Between(inner low, inner high, channel)
        | ScheduleTerm.Normal(centre, deviation) ->
            Plan.Normal(inner centre, compileOn null channel deviation, (needed noise).Timesteps, channel)
        | ScheduleTerm.Clamp(low, high, term) ->
            match noise with
            | null -> Plan.Clamp(low, high, inner term)
            | noise ->
                if low > float noise.Timesteps || high < 1.0 then
                    fault
                        $"'clamp {Number.show low} {Number.show high}' leaves none of 1..{noise.Timesteps}, the timesteps of the noise '{noise.Name}'."
                        (int low)

                Plan.Clamp(max low 1.0, min high (float noise.Timesteps), inner term)
        | ScheduleTerm.Shift(by, term) -> limited noise (Plan.Shift(by, inner term))
        | ScheduleTerm.Quantise(levels, term) -> Plan.Quantise(levels, (needed noise).Timesteps, inner term)
        | ScheduleTerm.Jitter(reach, term) -> limited noise (Plan.Jitter(reach, after term, inner term))
        | ScheduleTerm.Reverse term -> Plan.Reverse(inner term)
        | ScheduleTerm.Stages stages ->
            let starts, stages = Array.unzip (Array.ofList stages)
            Plan.Stages(starts, Array.map inner stages)
        | ScheduleTerm.PerSample term -> Plan.PerSample(inner term)
        | ScheduleTerm.PerBatch term -> Plan.PerBatch(inner term)
        | ScheduleTerm.Pair(term, offset) -> Plan.Pair(inner term, compileOn null (after term) offset)
        | ScheduleTerm.Ahead(share, floor, term) -> Plan.Ahead(share, inner floor, after term, inner term)

    /// A plan of timesteps on a model's noise.
    let timesteps (noise: NoiseSchedule) (term: ScheduleTerm) : Plan = compileOn noise 0 term

    /// A plan of numbers.
    let numbers (term: ScheduleTerm) : Plan = compileOn null 0 term
