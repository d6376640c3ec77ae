namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// A named row of points of a chart.
[<NoComparison; NoEquality>]
type ChartCurve = {
    /// Its name in the legend.
    Label: string
    /// Abscissae.
    X: float[]
    /// Ordinates, as many.
    Y: float[]
    /// Separate dots, as for draws, instead of a line.
    IsScattered: bool
}

/// Curves on common axes, independent of how they are drawn. The horizontal axis begins at 0.
[<NoComparison; NoEquality>]
type Chart = {
    /// Above the picture.
    Title: string
    /// Below the horizontal axis.
    XLabel: string
    /// Beside the vertical axis.
    YLabel: string
    /// Where the horizontal axis ends; above 0.
    XEnd: float
    /// Where the vertical axis begins.
    YStart: float
    /// Where the vertical axis ends; above where it begins.
    YEnd: float
    /// Whether ordinates are powers of ten, so that -2 is labelled 0.01.
    IsLogarithmic: bool
    /// In the legend's order.
    Curves: IReadOnlyList<ChartCurve>
}

/// Where an axis is marked.
module internal Ticks =

    /// Multiples of 1, 2 or 5 times a power of ten in first..last, about `count` of them.
    let between (first: float) (last: float) count =
        let raw = (last - first) / float count
        let power = 10.0 ** floor (log10 raw)

        let step =
            [ 1.0; 2.0; 5.0; 10.0 ]
            |> List.map (fun factor -> factor * power)
            |> List.find (fun step -> step >= raw * 0.999)

        [ for k in int (ceil (first / step - 1e-9)) .. int (floor (last / step + 1e-9)) -> float k * step ]

    /// Whole powers of ten in first..last, about `count` of them at most.
    let powers (first: float) (last: float) count =
        let step = max 1 (int (ceil ((last - first) / float count)))

        [
            for k in int (ceil first) .. int (floor last) do
                if k % step = 0 then
                    float k
        ]
