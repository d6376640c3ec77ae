module DreamTime.Tests.CliPlotTests

open System.Collections.Generic
open System.IO
open System.Xml.Linq
open Expecto
open SkiaSharp
open DreamTime.Cli
open DreamTime.Tests.CliHarness

let private plot arguments = "schedule" :: "plot" :: arguments

let private draw (body: string) =
    SvgPicture.toPng $"""<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">{body}</svg>"""

let private pixel (png: byte[]) x y =
    use bitmap = SKBitmap.Decode png
    bitmap.GetPixel(x, y)

let tests =
    testList "plot" [
        test "an SVG holds a curve a text, labelled with the text" {
            inFolder (fun folder ->
                let path = Path.Combine(folder, "new", "x.svg")

                let outcome =
                    succeeds (plot [ "dreamtime"; "clamp 200 1000 (snr)"; "--out"; path; "--steps"; "100" ])

                Expect.equal outcome { Code = 0; Out = path + "\n"; Error = "" } ""
                let svg = XDocument.Load path

                let named name =
                    svg.Descendants() |> Seq.filter (fun node -> node.Name.LocalName = name) |> List.ofSeq

                Expect.equal (named "polyline").Length 2 ""
                Expect.contains (named "text" |> List.map _.Value) "clamp 200 1000 (snr)" "")
        }
        test "a PNG has twice the SVG's size and shows the same colours" {
            inFolder (fun folder ->
                let at ending = Path.Combine(folder, "x" + ending)
                succeeds (plot [ "dreamtime"; "sds"; "--out"; at ".svg" ]) |> ignore
                succeeds (plot [ "dreamtime"; "sds"; "--out"; at ".PNG" ]) |> ignore
                let svg = XDocument.Load(at ".svg").Root |> Option.ofObj |> Option.get

                let size (name: string) =
                    2 * int (svg.Attribute(XName.Get name) |> Option.ofObj |> Option.get).Value

                use bitmap = SKBitmap.Decode(at ".PNG")
                Expect.equal (bitmap.Width, bitmap.Height) (size "width", size "height") ""
                let colours = HashSet bitmap.Pixels
                Expect.isTrue (colours.Contains(SKColor.Parse "#0072b2")) "the first curve's colour"
                Expect.isTrue (colours.Contains SKColors.White) "the ground")
        }
        test "what a chart is made of is painted where it stands" {
            let png =
                draw
                    """<rect x="0" y="0" width="10" height="10" fill="#ff0000"/><g fill="#00ff00"><circle cx="15" cy="5" r="4"/></g>
                    <line x1="0" y1="5" x2="10" y2="5" stroke="#0000ff" stroke-width="2"/>"""

            Expect.equal (pixel png 4 4) SKColors.Red "rectangle"
            Expect.equal (pixel png 30 10) SKColors.Lime "circle, filled by its group"
            Expect.equal (pixel png 10 10) SKColors.Blue "line"
            Expect.equal (pixel png 38 18) SKColors.White "nothing"
        }
        test "an element that is not known is an error, not a gap in the picture" {
            Expect.throwsT<System.InvalidOperationException> (fun () -> draw "<ellipse/>" |> ignore) "ellipse"
        }
        test "an unreadable schedule leaves no file" {
            inFolder (fun folder ->
                let path = Path.Combine(folder, "x.svg")
                Expect.stringContains (isWrong (plot [ "dreamtime"; "gaussian 5"; "--out"; path ])) "column 11" ""
                Expect.isFalse (File.Exists path) "")
        }
        test "what is shown, and the paper's figures" {
            inFolder (fun folder ->
                for k, request in
                    List.indexed [
                        [ "dreamtime"; "--show"; "weights" ]
                        [ "dreamtime"; "snr"; "--show"; "sums" ]
                        [ "dreamtime"; "sds"; "--show"; "histogram"; "--noise"; "flow:3" ]
                        [ "dreamtime"; "--show"; "snr"; "--noise"; "if" ]
                        [ "--figure"; "5"; "--steps"; "100" ]
                        [ "--figure"; "15" ]
                    ] do
                    for ending in [ "svg"; "png" ] do
                        let path = Path.Combine(folder, $"{k}.{ending}")
                        succeeds (plot (request @ [ "--out"; path ])) |> ignore
                        Expect.isGreaterThan (FileInfo(path).Length) 2000L path)
        }
        test "wrong requests" {
            Expect.stringContains (isWrong (plot [ "--figure"; "6"; "--out"; "x.svg" ])) "5 or 15" ""
            Expect.stringContains (isWrong (plot [ "sds"; "--figure"; "5"; "--out"; "x.svg" ])) "'sds'" ""
            Expect.stringContains (isWrong (plot [ "sds"; "--show"; "sums"; "--out"; "x.svg" ])) "not the inverse" ""

            Expect.stringContains (isWrong (plot [ "--out"; "x.svg" ])) "schedules are missing" ""
            Expect.stringContains (isWrong (plot [ "sds" ])) "--out is missing" ""
            Expect.stringContains (isWrong (plot [ "sds"; "--out"; "x.gif" ])) ".svg or .png" ""
        }
    ]
