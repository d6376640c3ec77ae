namespace DreamTime.Schedules

open System

/// A schedule compiled on a model's noise: every timestep is in `1..T`, every weight inverted through its table.
[<RequireQualifiedAccess; NoEquality; NoComparison>]
type internal Plan =
    | Inverse of WeightTable
    | Curve of first: float * last: float * exponent: float
    | Polyline of progress: float[] * timesteps: float[]
    | Uniform of low: int * high: int
    | Clamp of low: int * high: int * Plan
    | Stages of starts: float[] * Plan[]
    | PerSample of Plan

module internal Plan =

    let private fault (message: string) t =
        raise (ScheduleException(message, Nullable<int> t))

    let rec compile (noise: NoiseSchedule) (term: ScheduleTerm) : Plan =
        let inRange t =
            if t < 1 || t > noise.Timesteps then
                fault
                    $"t = {t} in '{Excerpt.ofText (string term)}' is outside 1..{noise.Timesteps}, the timesteps of the noise '{noise.Name}'."
                    t

            float t

        match term with
        | ScheduleTerm.Descend weight -> Plan.Inverse(WeightTable.compile noise weight)
        | ScheduleTerm.At t -> Plan.Curve(inRange t, inRange t, 1.0)
        | ScheduleTerm.Line(first, last) -> Plan.Curve(inRange first, inRange last, 1.0)
        | ScheduleTerm.Power(first, last, exponent) -> Plan.Curve(inRange first, inRange last, exponent)
        | ScheduleTerm.Points points ->
            let progress, timesteps = Array.unzip (Array.ofList points)
            Plan.Polyline(progress, Array.map inRange timesteps)
        | ScheduleTerm.Uniform(low, high) -> Plan.Uniform(int (inRange low), int (inRange high))
        | ScheduleTerm.Clamp(low, high, inner) ->
            if low > noise.Timesteps || high < 1 then
                fault
                    $"'clamp {low} {high}' leaves none of 1..{noise.Timesteps}, the timesteps of the noise '{noise.Name}'."
                    low

            Plan.Clamp(max low 1, min high noise.Timesteps, compile noise inner)
        | ScheduleTerm.Stages stages ->
            let starts, stages = Array.unzip (Array.ofList stages)
            Plan.Stages(starts, Array.map (compile noise) stages)
        | ScheduleTerm.PerSample inner -> Plan.PerSample(compile noise inner)

    /// The nearest whole number, the larger of two as near: eq. 5's rule for ties.
    let private nearest t = int (floor (t + 0.5))

    let private interpolate (progress: float[]) (timesteps: float[]) u =
        let next = Array.BinarySearch(progress, u)
        let next = if next < 0 then ~~~next else next

        if next = 0 then
            timesteps[0]
        elif next = progress.Length then
            timesteps[next - 1]
        else
            let share = (u - progress[next - 1]) / (progress[next] - progress[next - 1])
            timesteps[next - 1] + share * (timesteps[next] - timesteps[next - 1])

    /// The stage that holds `u`: each one ends where the next begins, end included, so that n steps of a stage are a run of n.
    let private stageAt (starts: float[]) u =
        let found = Array.BinarySearch(starts, u)
        max 0 ((if found < 0 then ~~~found else found) - 1)

    /// The timestep at progress `u` in [0, 1]. `draw` is the step's, with sample 0; `sample` counts where draws are per sample.
    let rec timestepAt plan u (draw: Draw) sample : int =
        match plan with
        | Plan.Inverse table -> int (table.Invert u)
        | Plan.Curve(first, last, exponent) -> nearest (first + (last - first) * u ** exponent)
        | Plan.Polyline(progress, timesteps) -> nearest (interpolate progress timesteps u)
        | Plan.Uniform(low, high) -> draw.Between(low, high)
        | Plan.Clamp(low, high, inner) -> Math.Clamp(timestepAt inner u draw sample, low, high)
        | Plan.Stages(starts, stages) ->
            let stage = stageAt starts u
            let start = starts[stage]
            let finish = if stage + 1 < starts.Length then starts[stage + 1] else 1.0
            timestepAt stages[stage] (Math.Clamp((u - start) / (finish - start), 0.0, 1.0)) draw sample
        | Plan.PerSample inner -> timestepAt inner u { draw with Sample = sample } sample

    /// Whether the timestep provably never rises over a run.
    let rec neverRises plan =
        match plan with
        | Plan.Inverse _ -> true
        | Plan.Curve(first, last, _) -> first >= last
        | Plan.Polyline(_, timesteps) -> timesteps |> Array.pairwise |> Array.forall (fun (a, b) -> a >= b)
        | Plan.Uniform(low, high) -> low = high
        | Plan.Clamp(low, high, inner) -> low >= high || neverRises inner
        | Plan.PerSample inner -> neverRises inner
        | Plan.Stages(_, stages) ->
            let draw = { Seed = 0L; Step = 0; Sample = 0 }
            let at u plan = timestepAt plan u draw 0

            Array.forall neverRises stages
            && stages |> Array.pairwise |> Array.forall (fun (a, b) -> at 1.0 a >= at 0.0 b)
