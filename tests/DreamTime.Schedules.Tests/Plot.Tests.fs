module DreamTime.Schedules.Tests.Plots

open System
open System.Collections.Generic
open System.IO
open System.Xml.Linq
open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private parse (svg: string) = XDocument.Parse svg

let private elements name (document: XDocument) =
    document.Descendants() |> Seq.filter (fun element -> element.Name.LocalName = name) |> Seq.toList

let private texts document =
    elements "text" document |> List.map _.Value

let private schedules = [ "dreamtime", Presets.dreamtime; "hifa", Presets.hifa; "sds <&\"> uniform", Presets.sds ]

let private pairsOf (texts: string list) = [
    for text in texts -> KeyValuePair(text, (ScheduleExpression.Parse text).Compile NoiseSchedule.StableDiffusion)
]

let tests =
    testList "plots" [
        test "timesteps: a line for each fixed schedule, dots for draws, axes, a legend" {
            let document = schedules |> Plot.timesteps 200<step> |> Plot.toSvg |> parse
            Expect.equal (elements "polyline" document).Length 2 "lines"
            Expect.isGreaterThanOrEqual (elements "circle" document).Length 200 "dots"

            for label in [ "dreamtime"; "hifa"; "sds <&\"> uniform"; "timestep t"; "step i of 200"; "0"; "1000"; "200" ] do
                Expect.contains (texts document) label ""
        }

        test "a curve passes through the schedule's timesteps" {
            let chart = [ "dreamtime", Presets.dreamtime ] |> Plot.timesteps 100<step>
            Expect.equal chart.Curves[0].X [| for i in 1..100 -> float i |] ""
            Expect.equal chart.Curves[0].Y (Presets.dreamtime.Timesteps 100 |> Array.map float) ""
        }

        test "a long run is thinned, its ends kept" {
            let curve = ([ "hifa", Presets.hifa ] |> Plot.timesteps 1000000<step>).Curves[0]
            Expect.isLessThan curve.X.Length 1600 ""
            Expect.equal (Array.head curve.X, Array.last curve.X, Array.last curve.Y) (1.0, 1e6, 301.0) ""
        }

        test "weights: W, Wd and Wp, each up to 1" {
            let chart =
                Weights.Parse "snr * gaussian 500 125"
                |> WeightTable.compile NoiseSchedule.stableDiffusion
                |> Plot.weights

            Expect.equal
                [ for curve in chart.Curves -> curve.Label ]
                [ "W = snr * gaussian 500 125"; "Wd = snr"; "Wp = gaussian 500 125" ]
                ""

            for curve in chart.Curves do
                Expect.equal (Array.max curve.Y) 1.0 curve.Label

            Expect.equal [ for curve in chart.Curves -> Array.IndexOf(curve.Y, 1.0) + 1 ] [ 554; 1000; 500 ] "where"
            Expect.equal (chart |> Plot.toSvg |> parse |> elements "polyline").Length 3 "lines"
        }

        test "weights of several schedules, each up to 1" {
            let chart =
                SchedulePlot.Weights(pairsOf [ "dreamtime"; "clamp 200 1000 (constant 1)" ])

            Expect.equal [ for curve in chart.Curves -> Array.max curve.Y ] [ 1.0; 1.0 ] ""
            Expect.equal (SchedulePlot.Weights(pairsOf [ "dreamtime" ])).Curves.Count 3 "of one alone its factors too"
        }

        test "tail sums fall from 1, at t = 1, to 0 beyond T" {
            let curve = SchedulePlot.TailSums(pairsOf [ "constant 1" ]).Curves[0]
            Expect.equal (curve.X[0], curve.X[1000]) (1.0, 1001.0) ""
            Expect.floatClose Accuracy.high curve.Y[0] 1.0 "everything"
            Expect.floatClose Accuracy.high curve.Y[500] 0.5 "half of it from t = 501 on"
            Expect.equal curve.Y[1000] 0.0 "nothing"
        }

        test "a histogram holds every step" {
            for text in [ "dreamtime"; "sds"; "at 1000"; "at 1" ] do
                let curve = SchedulePlot.Histogram(pairsOf [ text ], 777).Curves[0]
                // Each bin stands twice, at its two ends.
                Expect.floatClose Accuracy.high (Array.sum curve.Y / 2.0) 100.0 text
                Expect.equal (curve.X[0], Array.last curve.X) (0.0, 1000.0) text
        }

        test "the ratio along a run, as powers of ten" {
            let chart = SchedulePlot.SignalToNoise(pairsOf [ "at 500"; "dreamtime" ], 10)

            Expect.floatClose
                Accuracy.medium
                chart.Curves[0].Y[3]
                (log10 (0.27766965 / 0.72233035))
                "abar / (1 - abar) at t = 500"

            Expect.isTrue chart.IsLogarithmic ""

            for curve in chart.Curves do
                Expect.all curve.Y (fun y -> y >= chart.YStart && y <= chart.YEnd) curve.Label

            Expect.contains (chart |> Plot.toSvg |> parse |> texts) "0.1" "a tick"
        }

        test "a flow's timesteps are drawn as its times" {
            let schedule =
                (ScheduleExpression.Parse "constant 1").Compile(NoiseSchedule.Flow(4, 1.0))

            let chart = SchedulePlot.Timesteps([ KeyValuePair("c", schedule) ], 4)
            Expect.equal chart.Curves[0].Y [| 0.875; 0.625; 0.375; 0.125 |] ""
            Expect.equal chart.YEnd 1.0 ""
        }

        test "the paper's figures" {
            let figure5 = PaperFigures.Figure5(NoiseSchedule.StableDiffusion, 100)
            Expect.equal [ for chart in figure5 -> chart.Curves.Count ] [ 3; 3 ] "W, Wd, Wp and their timesteps"
            Expect.equal figure5[1].Curves[0].Y [| for t in Presets.dreamtime.Timesteps 100 -> float t |] "t(i)"
            let document = figure5 |> SchedulePlot.ToSvg |> parse
            Expect.equal (elements "polyline" document).Length 6 "side by side"
            let figure15 = PaperFigures.Figure15(NoiseSchedule.StableDiffusion, 100)
            Expect.equal [ for curve in figure15[0].Curves -> curve.IsScattered ] [ false; false; true ] ""
        }

        test "a rule without weight has none to draw" {
            let refuses (draw: unit -> Chart) =
                Expect.stringContains
                    (Expect.throwsC (draw >> ignore) _.Message)
                    "'sds' is not the inverse of a weight"
                    ""

            refuses (fun () -> SchedulePlot.Weights(pairsOf [ "dreamtime"; "sds" ]))
            refuses (fun () -> SchedulePlot.TailSums(pairsOf [ "sds" ]))
        }

        test "sparkline" {
            Expect.equal (Plot.sparkline 8 Presets.linear) "█▇▆▅▄▃▂▁" ""
            Expect.equal (Plot.sparkline 10 Presets.dreamtime) "▆▆▅▅▅▅▄▄▄▁" "720 664 623 588 556 524 489 449 394 1"
        }

        test "saving replaces the file and leaves no other behind" {
            let folder = Directory.CreateTempSubdirectory "dreamtime-plot"

            try
                let path = Path.Combine(folder.FullName, "schedules.svg")
                File.WriteAllText(path, "before")
                let chart = schedules |> Plot.timesteps 50<step>
                chart |> Plot.save path
                Expect.equal (File.ReadAllText path) (Plot.toSvg chart) ""
                Expect.equal (folder.GetFiles().Length) 1 "no temporary file"

                Expect.throwsT<DirectoryNotFoundException>
                    (fun () -> chart |> Plot.save (Path.Combine(folder.FullName, "no", "such.svg")))
                    "a missing folder is an error"
            finally
                folder.Delete true
        }

        test "what cannot be drawn is refused" {
            Expect.throwsT<ArgumentException> (fun () -> Plot.timesteps 10<step> [] |> ignore) "no schedule"
            Expect.throwsT<ArgumentOutOfRangeException> (fun () -> Plot.timesteps 0<step> schedules |> ignore) "no step"
            Expect.throwsT<ArgumentOutOfRangeException> (fun () -> Plot.sparkline 0 Presets.sds |> ignore) "no width"
        }

        law
            "any label and any schedule give well-formed SVG"
            (fun (case: TermCase) (label: string | null) (steps: PositiveInt) ->
                let schedule = case.Expression.Compile(NoiseSchedule.SquaredCosine case.Timesteps)
                let pairs = [ KeyValuePair(string label, schedule) ]

                for chart in
                    [
                        SchedulePlot.Timesteps(pairs, steps.Get)
                        SchedulePlot.Histogram(pairs, steps.Get)
                        SchedulePlot.SignalToNoise(pairs, steps.Get)
                    ] do
                    chart |> SchedulePlot.ToSvg |> parse |> ignore)
    ]
