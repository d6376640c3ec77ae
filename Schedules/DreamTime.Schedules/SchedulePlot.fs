namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// Pictures of schedules and weights, drawn without any library.
[<AbstractClass; Sealed>]
type SchedulePlot private () =

    static let given steps (schedules: seq<KeyValuePair<string, Schedule>>) =
        let schedules = Seq.toList schedules

        if schedules.IsEmpty then
            invalidArg (nameof schedules) "At least one schedule is needed."

        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        [ for KeyValue(label, schedule) in schedules -> label, schedule ]

    static let tableOf (label: string, schedule: Schedule) =
        match Seq.tryHead schedule.Tables with
        | Some table -> label, table
        | None ->
            raise (
                ArgumentException(
                    $"'{Excerpt.ofText label}' is not the inverse of a weight, so that there is no weight to draw.",
                    "schedules"
                )
            )

    static let largestT (schedules: (string * Schedule) list) =
        schedules |> List.map (fun (_, schedule) -> schedule.Noise.Timesteps) |> List.max |> float

    static let isFlow (schedules: (string * Schedule) list) =
        schedules |> List.forall (fun (_, schedule) -> schedule.Noise.IsFlow)

    static let timestepLabel schedules =
        if isFlow schedules then "cell t of the time" else "timestep t"

    static let chart title xLabel yLabel xEnd yEnd (curves: ChartCurve list) = {
        Title = title
        XLabel = xLabel
        YLabel = yLabel
        XEnd = xEnd
        YStart = 0.0
        YEnd = yEnd
        IsLogarithmic = false
        Curves = List.toArray curves
    }

    /// The timesteps of several schedules over a run, in one picture; draws as dots (seed 0). Flows by their time.
    /// <param name="schedules">At least one, by the names that the legend shows.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentException">No schedule.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    static member Timesteps(schedules: seq<KeyValuePair<string, Schedule>>, steps: int) : Chart =
        let schedules = given steps schedules
        let isFlow = isFlow schedules

        let curve (label, schedule: Schedule) =
            let value t =
                if isFlow then schedule.Noise.Time t else float t

            ScheduleCurves.overSteps steps value label schedule

        let yLabel, yEnd =
            if isFlow then "time", 1.0 else timestepLabel schedules, largestT schedules

        chart "Timesteps over a run" $"step i of {steps}" yLabel (float steps) yEnd (List.map curve schedules)

    /// A weight W and the factors it is a product of, such as Wd and Wp, each scaled to reach 1.
    static member Weights(table: WeightTable) : Chart =
        let parts =
            match ScheduleCurves.factors table.Weight with
            | [ _ ] -> []
            | factors -> factors

        ($"W = {table.Weight}", table.Weight) :: parts
        |> List.map (ScheduleCurves.weight table.Noise)
        |> chart $"W on {table.Noise}" "timestep t" "weight, its largest = 1" (float table.Noise.Timesteps) 1.0

    /// The weights of several schedules, each scaled to reach 1; of one alone also the factors it is a product of.
    /// <param name="schedules">At least one, by the names that the legend shows.</param>
    /// <exception cref="T:System.ArgumentException">No schedule, or one that is not the inverse of a weight.</exception>
    static member Weights(schedules: seq<KeyValuePair<string, Schedule>>) : Chart =
        match given 1 schedules with
        | [ single ] -> SchedulePlot.Weights(snd (tableOf single))
        | schedules ->
            [
                for label, table in List.map tableOf schedules ->
                    ScheduleCurves.weight table.Noise (label, table.Weight)
            ]
            |> chart "Weights" (timestepLabel schedules) "weight, its largest = 1" (largestT schedules) 1.0

    /// The tail sums S(t) of several schedules' weights: the share of a run that is spent at t or above. Eq. 5 reads them backwards.
    /// <param name="schedules">At least one, by the names that the legend shows.</param>
    /// <exception cref="T:System.ArgumentException">No schedule, or one that is not the inverse of a weight.</exception>
    static member TailSums(schedules: seq<KeyValuePair<string, Schedule>>) : Chart =
        let schedules = given 1 schedules

        [ for label, table in List.map tableOf schedules -> ScheduleCurves.tailSum label table ]
        |> chart
            "Tail sums"
            (timestepLabel schedules)
            "S(t), the share of steps at t or above"
            (largestT schedules + 1.0)
            1.0

    /// Where several schedules spend a run: the share of its steps in each fiftieth of the timesteps; draws with seed 0.
    /// <param name="schedules">At least one, by the names that the legend shows.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentException">No schedule.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    static member Histogram(schedules: seq<KeyValuePair<string, Schedule>>, steps: int) : Chart =
        let schedules = given steps schedules

        let curves =
            schedules |> List.map (fun (label, schedule) -> ScheduleCurves.histogram steps label schedule)

        let highest = curves |> List.map (fun curve -> Array.max curve.Y) |> List.max

        chart
            $"Where {steps} steps are spent"
            (timestepLabel schedules)
            "steps in a fiftieth of the timesteps, %"
            (largestT schedules)
            (1.05 * highest)
            curves

    /// The signal-to-noise ratio abar / (1 - abar) along a run, on a logarithmic axis.
    /// <param name="schedules">At least one, by the names that the legend shows.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentException">No schedule.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    static member SignalToNoise(schedules: seq<KeyValuePair<string, Schedule>>, steps: int) : Chart =
        let curves = [
            for label, schedule in given steps schedules ->
                ScheduleCurves.overSteps steps (fun t -> -2.0 * log10 (schedule.Noise.Sigma t)) label schedule
        ]

        let values = [
            for curve in curves do
                yield! curve.Y
        ]

        let low, high =
            if values.IsEmpty then
                0.0, 1.0
            else
                floor (List.min values), ceil (List.max values)

        {
            chart "Signal-to-noise ratio over a run" $"step i of {steps}" "abar / (1 - abar)" (float steps) 1.0 curves with
                YStart = low
                YEnd = max high (low + 1.0)
                IsLogarithmic = true
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
            let t = int64 (schedule.TimestepAt(k + 1, width))
            string blocks[int (min 7L ((t - 1L) * 8L / int64 schedule.Noise.Timesteps))])

    /// The chart as SVG, 900 units wide.
    static member ToSvg(chart: Chart) : string = Svg.draw [ chart ]

    /// Charts side by side as SVG, 640 units wide each.
    /// <exception cref="T:System.ArgumentException">No chart.</exception>
    static member ToSvg(charts: seq<Chart>) : string =
        match List.ofSeq charts with
        | [] -> invalidArg (nameof charts) "At least one chart is needed."
        | charts -> Svg.draw charts

    /// Writes the chart as SVG. The file is complete or absent, never half written.
    /// <exception cref="T:System.IO.IOException">The file cannot be written.</exception>
    static member Save(chart: Chart, path: string) : unit = TextFile.save path (Svg.draw [ chart ])

    /// Writes charts side by side as SVG. The file is complete or absent, never half written.
    /// <exception cref="T:System.ArgumentException">No chart.</exception>
    /// <exception cref="T:System.IO.IOException">The file cannot be written.</exception>
    static member Save(charts: seq<Chart>, path: string) : unit =
        TextFile.save path (SchedulePlot.ToSvg charts)

/// Pictures for F# pipelines: `[ "dreamtime", schedule ] |> Plot.timesteps 1000<step> |> Plot.save "schedules.svg"`.
module Plot =

    let private pairs (schedules: (string * Schedule) list) = schedules |> Seq.map KeyValuePair

    /// The timesteps of several schedules over a run, in one picture.
    let timesteps (steps: int<step>) (schedules: (string * Schedule) list) : Chart =
        SchedulePlot.Timesteps(pairs schedules, int steps)

    /// A weight and its factors, each scaled to reach 1.
    let weights (table: WeightTable) : Chart = SchedulePlot.Weights table

    /// The tail sums of several schedules' weights.
    let tailSums (schedules: (string * Schedule) list) : Chart = SchedulePlot.TailSums(pairs schedules)

    /// Where several schedules spend a run.
    let histogram (steps: int<step>) (schedules: (string * Schedule) list) : Chart =
        SchedulePlot.Histogram(pairs schedules, int steps)

    /// The signal-to-noise ratio along a run.
    let signalToNoise (steps: int<step>) (schedules: (string * Schedule) list) : Chart =
        SchedulePlot.SignalToNoise(pairs schedules, int steps)

    /// A schedule in one line of a terminal.
    let sparkline (width: int) (schedule: Schedule) : string = SchedulePlot.Sparkline(schedule, width)

    /// The chart as SVG.
    let toSvg (chart: Chart) : string = SchedulePlot.ToSvg chart

    /// Writes the chart as SVG.
    let save (path: string) (chart: Chart) : unit = SchedulePlot.Save(chart, path)

    /// Writes charts side by side as SVG.
    let saveAll (path: string) (charts: Chart list) : unit = SchedulePlot.Save(charts, path)
