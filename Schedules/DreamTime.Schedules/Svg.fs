namespace DreamTime.Schedules

open System
open System.Globalization
open System.Text

/// Draws charts as SVG. The same charts give the same bytes.
module internal Svg =

    let private height = 480.0
    let private left, right, top, bottom = 70.0, 30.0, 50.0, 60.0

    /// A chart alone is wider than one of several side by side.
    let private widthOf (charts: Chart list) =
        if charts.Length = 1 then 900.0 else 640.0

    let private legendLine = 20.0

    /// Okabe and Ito's colours, told apart by the colour-blind too.
    let private colours = [| "#0072b2"; "#d55e00"; "#009e73"; "#cc79a7"; "#e69f00"; "#56b4e9"; "#000000" |]
    let private dashes = [| ""; " stroke-dasharray=\"7 4\""; " stroke-dasharray=\"2 3\"" |]

    let private number (value: float) =
        value.ToString("0.##", CultureInfo.InvariantCulture)

    /// Text with XML's special characters replaced and what XML forbids left out.
    let escape (text: string) =
        let escaped = StringBuilder()

        for rune in text.EnumerateRunes() do
            match rune.Value with
            | 38 -> escaped.Append "&amp;"
            | 60 -> escaped.Append "&lt;"
            | 62 -> escaped.Append "&gt;"
            | 34 -> escaped.Append "&quot;"
            | value when (value < 32 && value <> 9) || value = 0xFFFE || value = 0xFFFF -> escaped
            | _ -> escaped.Append(rune.ToString())
            |> ignore

        string escaped

    let private curve (x: float -> float) (y: float -> float) index (curve: ChartCurve) =
        let colour = colours[index % colours.Length]
        let points = Array.zip curve.X curve.Y

        if curve.IsScattered then
            let dots =
                points
                |> Array.map (fun (a, b) -> $"<circle cx=\"{number (x a)}\" cy=\"{number (y b)}\" r=\"1.6\"/>")

            $"""<g fill="{colour}" fill-opacity="0.6">{String.Concat dots}</g>"""
        else
            let path =
                points |> Array.map (fun (a, b) -> $"{number (x a)},{number (y b)}") |> String.concat " "

            let dash = dashes[index / colours.Length % dashes.Length]
            $"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>"""

    let private legend left plotTop index (curve: ChartCurve) =
        let y = plotTop + float index * legendLine
        let colour = colours[index % colours.Length]
        let dash = dashes[index / colours.Length % dashes.Length]

        let mark =
            if curve.IsScattered then
                $"""<circle cx="{number (left + 12.0)}" cy="{number y}" r="3" fill="{colour}"/>"""
            else
                $"""<line x1="{number left}" y1="{number y}" x2="{number (left + 24.0)}" y2="{number y}" stroke="{colour}" stroke-width="2"{dash}/>"""

        $"""{mark}<text x="{number (left + 32.0)}" y="{number (y + 4.0)}">{escape (Excerpt.ofText curve.Label)}</text>"""

    let private tickLabel (chart: Chart) (tick: float) =
        match chart.IsLogarithmic with
        | true when abs tick > 4.0 -> $"1e{number tick}"
        | true -> (10.0 ** tick).ToString("0.####", CultureInfo.InvariantCulture)
        | false -> number tick

    let private yTicks (chart: Chart) =
        if chart.IsLogarithmic then
            Ticks.powers chart.YStart chart.YEnd 10
        else
            Ticks.between chart.YStart chart.YEnd 10

    /// One chart whose left edge is at `start`.
    let private panel width (start: float) (chart: Chart) : string list =
        let plotLeft, plotRight = start + left, start + width - right
        let plotBottom = height - bottom
        let middle = (plotLeft + plotRight) / 2.0

        let x value =
            plotLeft + value / chart.XEnd * (plotRight - plotLeft)

        let y value =
            plotBottom - (value - chart.YStart) / (chart.YEnd - chart.YStart) * (plotBottom - top)

        let side =
            $"rotate(-90 {number (start + 18.0)} {number ((top + plotBottom) / 2.0)})"

        [
            $"""<text x="{number middle}" y="28" text-anchor="middle" font-size="16">{escape chart.Title}</text>"""
            for tick in Ticks.between 0.0 chart.XEnd 10 do
                $"""<line x1="{number (x tick)}" y1="{number top}" x2="{number (x tick)}" y2="{number plotBottom}" stroke="#e4e4e4"/>"""
                $"""<text x="{number (x tick)}" y="{number (plotBottom + 18.0)}" text-anchor="middle">{number tick}</text>"""
            for tick in yTicks chart do
                $"""<line x1="{number plotLeft}" y1="{number (y tick)}" x2="{number plotRight}" y2="{number (y tick)}" stroke="#e4e4e4"/>"""
                $"""<text x="{number (plotLeft - 8.0)}" y="{number (y tick + 4.0)}" text-anchor="end">{tickLabel chart tick}</text>"""
            $"""<rect x="{number plotLeft}" y="{number top}" width="{number (plotRight - plotLeft)}" height="{number (plotBottom - top)}" fill="none" stroke="#444"/>"""
            $"""<text x="{number middle}" y="{number (plotBottom + 42.0)}" text-anchor="middle">{escape chart.XLabel}</text>"""
            $"""<text x="{number (start + 18.0)}" y="{number ((top + plotBottom) / 2.0)}" text-anchor="middle" transform="{side}">{escape chart.YLabel}</text>"""
            // Dots first, so that lines stay visible on them.
            for isScattered in [ true; false ] do
                for index, drawn in Seq.indexed chart.Curves do
                    if drawn.IsScattered = isScattered then
                        curve x y index drawn
            yield! chart.Curves |> Seq.mapi (legend plotLeft (plotBottom + 64.0))
        ]

    /// The charts side by side.
    let draw (charts: Chart list) : string =
        let width = widthOf charts
        let curves = charts |> List.map (fun chart -> chart.Curves.Count) |> List.max
        let full = height + float curves * legendLine + 10.0
        let all = float charts.Length * width
        let title = charts |> List.map (fun chart -> chart.Title) |> String.concat "; "

        [
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number all} {number full}" width="{number all}" height="{number full}" font-family="sans-serif" font-size="13">"""
            $"""<title>{escape title}</title>"""
            """<rect width="100%" height="100%" fill="white"/>"""
            yield! charts |> List.mapi (fun k chart -> panel width (float k * width) chart) |> List.concat
            "</svg>"
            ""
        ]
        |> String.concat "\n"
