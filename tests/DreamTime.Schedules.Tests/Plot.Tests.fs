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
                SchedulePlot.Timesteps(pairs, steps.Get) |> SchedulePlot.ToSvg |> parse |> ignore)
    ]
