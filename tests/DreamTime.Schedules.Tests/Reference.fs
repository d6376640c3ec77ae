/// The words of schedules, each as its definition says it, at one step of a run: what plans are compared with.
module DreamTime.Schedules.Tests.Reference

open System
open DreamTime.Schedules

/// The values a step can have, before the last rounding. Unsure where one is so near a boundary that rounding decides.
type Reading = { Low: float; High: float; Sure: bool }

let private exactly value = { Low = value; High = value; Sure = true }

let private near = 1e-9

/// The nearest whole number, the larger of two as near; whether no other is nearly as near.
let private round (value: float) =
    Math.Floor value + (if value - Math.Floor value >= 0.5 then 1.0 else 0.0),
    abs (value - Math.Floor value - 0.5) > near

let private rounded reading =
    let low, isLowSure = round reading.Low
    let high, isHighSure = round reading.High

    { Low = low; High = high; Sure = reading.Sure && isLowSure && isHighSure }

let private map (change: float -> float) reading = { reading with Low = change reading.Low; High = change reading.High }

let private limited (noise: NoiseSchedule option) reading =
    match noise with
    | None -> reading
    | Some noise -> map (fun t -> Math.Clamp(t, 1.0, float noise.Timesteps)) reading

/// Eq. 5 over all t: the nearest tail sum, and by how much it is nearer than the next one.
let private inverse (noise: NoiseSchedule) weight u =
    let weights = Oracle.evaluate noise weight |> Oracle.normalise
    let tails = Array.scanBack (+) weights 0.0

    let byDistance =
        [ 1 .. noise.Timesteps ]
        |> List.filter (fun t -> weights[t - 1] > 0.0)
        |> List.map (fun t -> abs (tails[t - 1] - u), t)
        |> List.sortBy (fun (distance, t) -> distance, -t)

    match byDistance with
    | [ _, t ] -> exactly (float t)
    | (least, t) :: (next, _) :: _ -> { exactly (float t) with Sure = next - least > near }
    | [] -> failwith "no mass"

/// The largest t whose tail sum reaches u, and whether none nearly does.
let private reach (noise: NoiseSchedule) weight u =
    let weights = Oracle.evaluate noise weight |> Oracle.normalise
    let tails = Array.scanBack (+) weights 0.0

    let support =
        [ 1 .. noise.Timesteps ] |> List.filter (fun t -> weights[t - 1] > 0.0)

    let reached = support |> List.filter (fun t -> tails[t - 1] >= u)
    let t = if reached.IsEmpty then List.head support else List.max reached

    {
        exactly (float t) with
            Sure = support |> List.forall (fun t -> abs (tails[t - 1] - u) > near)
    }

/// The real t whose log sigma is the given one, straight between timesteps.
let private atSigma (noise: NoiseSchedule) (logSigma: float) =
    let scale = [| for t in 1 .. noise.Timesteps -> log (noise.Sigma(t * 1<timestep>)) |]

    if logSigma <= scale[0] then
        1.0
    elif logSigma >= Array.last scale then
        float scale.Length
    else
        let k = Array.findIndex (fun s -> s > logSigma) scale
        float k + (logSigma - scale[k - 1]) / (scale[k] - scale[k - 1])

/// Where a position lies in steps. Shares have three digits: the product is rounded to what they can say.
let private inSteps (run: float) position =
    match position with
    | Position.Step i -> float i
    | Position.Share u -> Math.Round(u * run, 12)

let private along (points: (float * float) list) (at: float) =
    match List.tryFindBack (fun (x, _) -> x <= at) points, List.tryFind (fun (x, _) -> x > at) points with
    | None, Some(_, value)
    | Some(_, value), None -> value
    | Some(x, a), Some(y, b) -> a + (b - a) * (at - x) / (y - x)
    | None, None -> failwith "no point"

/// The stage of a step, the step in it and its length.
let private stageOf (stages: (Position * ScheduleTerm) list) (step: float) (steps: float) =
    let starts = stages |> List.map (fst >> inSteps steps)

    let k =
        starts |> List.tryFindIndexBack (fun start -> start < step) |> Option.defaultValue 0

    let till = if k + 1 < starts.Length then starts[k + 1] else max steps starts[k]
    snd stages[k], max 0.0 (step - starts[k]), till - starts[k]

/// The values of a term at a step of a run; a stage's run may have a broken number of steps.
let rec internal read (noise: NoiseSchedule option) (term: ScheduleTerm) (step: float) (steps: float) : Reading =
    let u = if steps = 0.0 then 0.0 else Math.Clamp(step / steps, 0.0, 1.0)
    let here inner = read noise inner step steps

    match term with
    | ScheduleTerm.Descend weight -> inverse noise.Value weight u
    | ScheduleTerm.Ceiling weight -> reach noise.Value weight u
    | ScheduleTerm.At value -> exactly value
    | ScheduleTerm.Line(first, last) -> exactly (first + (last - first) * u)
    | ScheduleTerm.Power(first, last, exponent) -> exactly (first + (last - first) * u ** exponent)
    | ScheduleTerm.Cosine(first, last) -> exactly ((first + last) / 2.0 + (first - last) / 2.0 * cos (Math.PI * u))
    | ScheduleTerm.Exponential(first, last) -> exactly (first * (last / first) ** u)
    | ScheduleTerm.Points points ->
        exactly (
            along
                (points |> List.map (fun (position, value) -> inSteps steps position, value))
                (max 0.0 (min step steps))
        )
    | ScheduleTerm.Sigmas sigmas ->
        let levels = sigmas |> List.mapi (fun k sigma -> float (k + 1), log sigma)
        exactly (atSigma noise.Value (along levels (u * float sigmas.Length)))
    | ScheduleTerm.Uniform(low, high) -> { Low = float low; High = float high; Sure = true }
    | ScheduleTerm.Between(low, high) ->
        let a, b = rounded (here low), rounded (here high)

        { Low = min a.Low b.Low; High = max a.High b.High; Sure = a.Sure && b.Sure }
    | ScheduleTerm.Normal _ -> { Low = 1.0; High = float noise.Value.Timesteps; Sure = true }
    | ScheduleTerm.Clamp(low, high, inner) ->
        here inner |> map (fun value -> Math.Clamp(value, low, high)) |> limited noise
    | ScheduleTerm.Shift(by, inner) -> here inner |> map (fun value -> value + by) |> limited noise
    | ScheduleTerm.Quantise(levels, inner) ->
        let timesteps = float noise.Value.Timesteps

        let level k =
            fst (round (timesteps * float k / float levels))

        let allowed =
            List.map level [ levels .. -1 .. 1 ] |> List.filter (fun t -> t >= 1.0)

        rounded (here inner) |> map (fun t -> allowed |> List.minBy (fun candidate -> abs (candidate - t)))
    | ScheduleTerm.Jitter(reach, inner) ->
        let reading = here inner

        {
            reading with
                Low = reading.Low - float reach
                High = reading.High + float reach
        }
        |> limited noise
    | ScheduleTerm.Reverse inner -> read noise inner (min steps (steps + 1.0 - step)) steps
    | ScheduleTerm.Stages stages ->
        let inner, step, steps = stageOf stages step steps
        read noise inner step steps
    | ScheduleTerm.PerSample inner
    | ScheduleTerm.PerBatch inner
    | ScheduleTerm.Pair(inner, _)
    | ScheduleTerm.Ahead(_, _, inner) -> here inner

/// The timesteps that a step can have: the least, the greatest, and whether rounding leaves no doubt.
let internal timesteps (noise: NoiseSchedule) term (step: int) (steps: int) =
    let reading =
        read (Some noise) term (float (Math.Clamp(step, 0, steps))) (float steps)
        |> rounded
        |> limited (Some noise)

    int reading.Low, int reading.High, reading.Sure

/// The second timesteps that a step can have.
let rec internal seconds (noise: NoiseSchedule) term (step: float) (steps: float) : Reading option =
    let first inner =
        read (Some noise) inner step steps |> rounded

    let sum a b = { Low = a.Low + b.Low; High = a.High + b.High; Sure = a.Sure && b.Sure }

    match term with
    | ScheduleTerm.Pair(inner, offset) -> Some(sum (first inner) (read None offset step steps))
    | ScheduleTerm.Ahead(share, floor, inner) ->
        let t, floor = first inner, first floor

        let further value =
            Math.Floor(share * (value - floor.Low) * (1.0 - 1e-16))

        let ends = [ 0.0; further t.Low; further t.High ]

        Some {
            Low = t.Low + List.min ends
            High = t.High + List.max ends
            Sure = t.Sure && floor.Sure
        }
    | ScheduleTerm.Clamp(low, high, inner) ->
        seconds noise inner step steps |> Option.map (map (fun t -> Math.Clamp(t, low, high)))
    | ScheduleTerm.Stages stages ->
        let inner, step, steps = stageOf stages step steps
        seconds noise inner step steps
    | ScheduleTerm.PerSample inner
    | ScheduleTerm.PerBatch inner -> seconds noise inner step steps
    | _ -> None
