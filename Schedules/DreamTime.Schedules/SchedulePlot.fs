namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// Pictures of schedules and weights, drawn without any library.
[<AbstractClass; Sealed>]
type SchedulePlot private () =

    /// More points than a picture has columns say nothing.
    static let mostPoints = 1500

    static let timestepCurve steps (label: string) (schedule: Schedule) =
        let stride = max 1 ((steps + mostPoints - 1) / mostPoints)

        let shown = [|
            for i in 1..stride..steps do
                i
            if (steps - 1) % stride <> 0 then
                steps
        |]

        {
            Label = label
            X = shown |> Array.map float
            Y = shown |> Array.map (fun i -> float (schedule.TimestepAt(i, steps)))
            IsScattered = not schedule.IsDeterministic
        }

    /// Factors of a product, outermost first, each with a name: the paper's two by theirs.
    static let rec factors weight =
        match weight with
        | Weight.Product(left, right) -> factors left @ factors right
        | Weight.Snr -> [ "Wd = snr", Weight.Snr ]
        | Weight.Gaussian _ -> [ $"Wp = {weight}", weight ]
        | _ -> [ string weight, weight ]

    /// A curve over `1..T` that reaches 1 at its largest; the infinite is left out.
    static let weightCurve (noise: NoiseSchedule) (label, weight) =
        let values = [|
            for t in 1 .. noise.Timesteps do
                let w = Weight.eval noise (t * 1<timestep>) weight

                if Double.IsFinite w then
                    float t, w
        |]

        let largest = if values.Length = 0 then 1.0 else values |> Array.maxBy snd |> snd

        {
            Label = label
            X = Array.map fst values
            Y = values |> Array.map (fun (_, w) -> if largest > 0.0 then max 0.0 (w / largest) else 0.0)
            IsScattered = false
        }

    /// The timesteps of several schedules over a run, in one picture; draws as dots (seed 0).
    /// <param name="schedules">At least one, by the names that the legend shows.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentException">No schedule.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    static member Timesteps(schedules: seq<KeyValuePair<string, Schedule>>, steps: int) : Chart =
        let schedules = Seq.toArray schedules

        if schedules.Length = 0 then
            invalidArg (nameof schedules) "At least one schedule is needed."

        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        {
            Title = "Timesteps over a run"
            XLabel = $"step i of {steps}"
            YLabel = "timestep t"
            XEnd = float steps
            YEnd = schedules |> Seq.map (fun pair -> float pair.Value.Noise.Timesteps) |> Seq.max
            Curves = [| for KeyValue(label, schedule) in schedules -> timestepCurve steps label schedule |]
        }

    /// A weight W and the factors it is a product of, such as Wd and Wp, each scaled to reach 1.
    static member Weights(table: WeightTable) : Chart =
        let parts =
            match factors table.Weight with
            | [ _ ] -> []
            | factors -> factors

        {
            Title = $"W on {table.Noise}"
            XLabel = "timestep t"
            YLabel = "weight, its largest = 1"
            XEnd = float table.Noise.Timesteps
            YEnd = 1.0
            Curves =
                ($"W = {table.Weight}", table.Weight) :: parts |> List.map (weightCurve table.Noise) |> List.toArray
        }

    /// A schedule in one line of a terminal: each character is the timestep at its share of a run, from 0 to T in eighths.
    /// <param name="schedule">The schedule.</param>
    /// <param name="width">Characters, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">The width is below 1.</exception>
    static member Sparkline(schedule: Schedule, width: int) : string =
        if width < 1 then
            raise (ArgumentOutOfRangeException(nameof width, width, "At least 1 character is needed."))

        let blocks = "▁▂▃▄▅▆▇█"

        String.init width (fun k ->
            let t = schedule.TimestepAt(k + 1, width)
            string blocks[min 7 ((t - 1) * 8 / schedule.Noise.Timesteps)])

    /// The chart as SVG, 900 units wide.
    static member ToSvg(chart: Chart) : string = Svg.draw chart

    /// Writes the chart as SVG. The file is complete or absent, never half written.
    /// <exception cref="T:System.IO.IOException">The file cannot be written.</exception>
    static member Save(chart: Chart, path: string) : unit = TextFile.save path (Svg.draw chart)

/// Pictures for F# pipelines: `[ "dreamtime", schedule ] |> Plot.timesteps 1000<step> |> Plot.save "schedules.svg"`.
module Plot =

    /// The timesteps of several schedules over a run, in one picture.
    let timesteps (steps: int<step>) (schedules: (string * Schedule) list) : Chart =
        SchedulePlot.Timesteps(schedules |> Seq.map KeyValuePair, int steps)

    /// A weight and its factors, each scaled to reach 1.
    let weights (table: WeightTable) : Chart = SchedulePlot.Weights table

    /// A schedule in one line of a terminal.
    let sparkline (width: int) (schedule: Schedule) : string = SchedulePlot.Sparkline(schedule, width)

    /// The chart as SVG.
    let toSvg (chart: Chart) : string = SchedulePlot.ToSvg chart

    /// Writes the chart as SVG.
    let save (path: string) (chart: Chart) : unit = SchedulePlot.Save(chart, path)
