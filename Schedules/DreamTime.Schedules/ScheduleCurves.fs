namespace DreamTime.Schedules

open System

/// The curves of schedules and weights.
module internal ScheduleCurves =

    /// More points than a picture has columns say nothing.
    let private mostPoints = 1500

    /// The steps that a picture shows, the first and the last among them.
    let private shown steps =
        let stride = max 1 ((steps + mostPoints - 1) / mostPoints)

        [|
            for i in 1..stride..steps do
                i
            if (steps - 1) % stride <> 0 then
                steps
        |]

    let private line label points = {
        Label = label
        X = Array.map fst points
        Y = Array.map snd points
        IsScattered = false
    }

    /// A curve over the steps, of what `value` makes of timesteps; dots where these are drawn. What is not finite is left out.
    let overSteps steps (value: int<timestep> -> float) (label: string) (schedule: Schedule) =
        let points =
            shown steps
            |> Array.map (fun i -> float i, value (schedule.TimestepAt(i, steps) * 1<timestep>))
            |> Array.filter (snd >> Double.IsFinite)

        { line label points with IsScattered = not schedule.IsDeterministic }

    /// A weight over `1..T` that reaches 1 at its largest; the infinite is left out.
    let weight (noise: NoiseSchedule) (label: string, weight: Weight) =
        let values =
            WeightValues.over noise weight
            |> Array.mapi (fun k w -> float (k + 1), w)
            |> Array.filter (snd >> Double.IsFinite)

        let largest = if values.Length = 0 then 0.0 else values |> Array.maxBy snd |> snd

        values
        |> Array.map (fun (t, w) -> t, (if largest > 0.0 then max 0.0 (w / largest) else 0.0))
        |> line label

    /// Factors of a product, outermost first, each with a name: the paper's two by theirs.
    let rec factors (weight: Weight) =
        match weight with
        | Weight.Product(left, right) -> factors left @ factors right
        | Weight.Snr -> [ "Wd = snr", Weight.Snr ]
        | Weight.Gaussian _ -> [ $"Wp = {weight}", weight ]
        | _ -> [ string weight, weight ]

    /// S(t), the sum of a normalised weight over `t..T`, at `t = 1..T + 1`.
    let tailSum (label: string) (table: WeightTable) =
        Array.scanBack (+) table.Normalised 0.0
        |> Array.mapi (fun k sum -> float (k + 1), sum)
        |> line label

    let private bins = 50

    /// The share of a run's steps in each of at most 50 equal ranges of timesteps, in percent, as steps of a line.
    let histogram steps (label: string) (schedule: Schedule) =
        let total = schedule.Noise.Timesteps
        let count = min bins total
        let counts = Array.zeroCreate<int> count

        for t in schedule.Timesteps steps do
            let bin = int (int64 (t - 1) * int64 count / int64 total)
            counts[bin] <- counts[bin] + 1

        [|
            0.0, 0.0
            for bin in 0 .. count - 1 do
                let percent = 100.0 * float counts[bin] / float steps
                float total * float bin / float count, percent
                float total * float (bin + 1) / float count, percent
            float total, 0.0
        |]
        |> line label
