namespace DreamTime.Schedules

open System

/// A schedule compiled on a model's noise: every timestep is in `1..T`, every weight inverted through its table.
/// Words that draw know their channel: those that draw at the same step have different ones.
[<RequireQualifiedAccess; NoEquality; NoComparison>]
type internal Plan =
    | Inverse of WeightTable
    | Ceiling of WeightTable
    | Curve of Easing * first: float * last: float
    | Polyline of ends: Position[] * values: float[]
    | Sigmas of scale: float[] * logSigmas: float[]
    | Uniform of low: int * high: int * channel: int
    | Between of low: Plan * high: Plan * channel: int
    | Normal of centre: Plan * deviation: Plan * timesteps: int * channel: int
    | Clamp of low: float * high: float * Plan
    | Quantise of levels: int * timesteps: int * Plan
    | Shift of by: float * Plan
    | Jitter of reach: int * channel: int * Plan
    | Reverse of Plan
    | Stages of starts: Position[] * Plan[]
    | PerSample of Plan
    | PerBatch of Plan
    | Pair of Plan * offset: Plan
    | Ahead of share: float * floor: Plan * channel: int * Plan

    /// Plans directly below.
    member plan.Children =
        match plan with
        | Between(left, right, _)
        | Normal(left, right, _, _)
        | Pair(left, right)
        | Ahead(_, left, _, right) -> [ left; right ]
        | Clamp(_, _, inner)
        | Quantise(_, _, inner)
        | Shift(_, inner)
        | Jitter(_, _, inner)
        | Reverse inner
        | PerSample inner
        | PerBatch inner -> [ inner ]
        | Stages(_, stages) -> List.ofArray stages
        | Inverse _
        | Ceiling _
        | Curve _
        | Polyline _
        | Sigmas _
        | Uniform _ -> []

[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module internal Plan =

    /// The weights that it inverts, in the order of the text.
    let rec tables (plan: Plan) : WeightTable list =
        match plan with
        | Plan.Inverse table
        | Plan.Ceiling table -> [ table ]
        | plan -> plan.Children |> List.collect tables

    /// The nearest whole number, the larger of two as near: eq. 5's rule for ties.
    let nearest (value: float) =
        let below = floor value
        // Not `floor (value + 0.5)`, which takes 0.49999999999999994 up.
        let whole = if value - below >= 0.5 then below + 1.0 else below
        int (Math.Clamp(whole, float Int32.MinValue, float Int32.MaxValue))

    /// Straight between the points, level outside them; on a run whose steps the positions may count.
    let private interpolate (positions: Position[]) (values: float[]) (place: Place) =
        let stepsAt k = Position.steps place.Steps positions[k]
        let mutable next = 0

        while next < positions.Length && stepsAt next <= place.Step do
            next <- next + 1

        if next = 0 then
            values[0]
        elif next = positions.Length then
            values[next - 1]
        else
            let from = stepsAt (next - 1)
            Straight.between values[next - 1] values[next] (place.Step - from) (stepsAt next - from)

    /// Level `k` of `n` belongs to the progress `k / n`: a run of n steps takes them in order.
    let private sigmaAt (logSigmas: float[]) (place: Place) =
        let count = float logSigmas.Length
        let position = Math.Clamp(place.Step * count / place.Steps, 1.0, count)
        let below = min (int position) (logSigmas.Length - 1)

        if logSigmas.Length = 1 then
            logSigmas[0]
        else
            Straight.between logSigmas[below - 1] logSigmas[below] (position - float below) 1.0

    /// The nearest of T/n, 2T/n … T, each rounded; the larger of two as near. So many levels that each timestep is one change nothing.
    let quantise (levels: int) (timesteps: int) (value: float) =
        let t = float (nearest value)

        let level k =
            float (nearest (float timesteps * float k / float levels))

        if levels >= timesteps then
            t
        else
            let below = Math.Clamp(int (t * float levels / float timesteps), 1, levels)

            seq { min levels (below + 1) .. -1 .. max 1 (below - 1) }
            |> Seq.map level
            |> Seq.minBy (fun candidate -> abs (candidate - t))

    /// The stage that holds a step, and the step within it. Each ends where the next begins, end included: n steps of a stage are a run of n.
    let private stageAt (starts: Position[]) (place: Place) =
        let start k = Position.steps place.Steps starts[k]
        let mutable stage = 0

        while stage + 1 < starts.Length && start (stage + 1) < place.Step do
            stage <- stage + 1

        let from = start stage

        let till =
            if stage + 1 < starts.Length then start (stage + 1) else max place.Steps from

        struct (stage, { Step = max 0.0 (place.Step - from); Steps = max Double.Epsilon (till - from) })

    /// The value at a place, not rounded. `draw` is the step's, with sample 0; `sample` counts where draws are per sample.
    let rec value plan (place: Place) (draw: Draw) sample : float =
        let inner plan = value plan place draw sample

        match plan with
        | Plan.Inverse table -> float (table.Invert place.Progress)
        | Plan.Ceiling table -> float (table.Reach place.Progress)
        | Plan.Curve(easing, first, last) -> easing.Between(first, last, place)
        | Plan.Polyline(positions, values) -> interpolate positions values place
        | Plan.Sigmas(scale, logSigmas) -> SigmaScale.timestepOf scale (sigmaAt logSigmas place)
        | Plan.Uniform(low, high, channel) -> float (draw.Between(channel, low, high))
        | Plan.Between(low, high, channel) ->
            let low, high = nearest (inner low), nearest (inner high)
            float (draw.Between(channel, min low high, max low high))
        | Plan.Normal(centre, deviation, timesteps, channel) ->
            TruncatedNormal.between draw channel timesteps (inner centre) (inner deviation)
        | Plan.Clamp(low, high, plan) -> Math.Clamp(inner plan, low, high)
        | Plan.Quantise(levels, timesteps, plan) -> quantise levels timesteps (inner plan)
        | Plan.Shift(by, plan) -> inner plan + by
        | Plan.Jitter(reach, channel, plan) -> inner plan + float (draw.Between(channel, -reach, reach))
        | Plan.Reverse plan -> value plan place.Reversed draw sample
        | Plan.Stages(starts, stages) ->
            let struct (stage, place) = stageAt starts place
            value stages[stage] place draw sample
        | Plan.PerSample plan -> value plan place { draw with Sample = sample } sample
        | Plan.PerBatch plan -> value plan place { draw with Sample = 0 } sample
        | Plan.Pair(plan, _)
        | Plan.Ahead(_, _, _, plan) -> inner plan

    /// The second timestep of a step, not rounded, where it has one.
    let rec second plan (place: Place) (draw: Draw) sample : float voption =
        match plan with
        | Plan.Pair(plan, offset) ->
            ValueSome(float (nearest (value plan place draw sample)) + value offset place draw sample)
        | Plan.Ahead(share, floor, channel, plan) ->
            let t = float (nearest (value plan place draw sample))
            let room = t - float (nearest (value floor place draw sample))
            ValueSome(t + Math.Floor(share * room * draw.Fraction(channel, 0)))
        | Plan.Clamp(low, high, plan) ->
            match second plan place draw sample with
            | ValueSome t -> ValueSome(Math.Clamp(t, low, high))
            | ValueNone -> ValueNone
        | Plan.Stages(starts, stages) ->
            let struct (stage, place) = stageAt starts place
            second stages[stage] place draw sample
        | Plan.PerSample plan -> second plan place { draw with Sample = sample } sample
        | Plan.PerBatch plan -> second plan place { draw with Sample = 0 } sample
        | _ -> ValueNone
