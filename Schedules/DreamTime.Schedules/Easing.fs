namespace DreamTime.Schedules

open System

/// How a value goes from its first to its last over a run.
[<RequireQualifiedAccess; Struct>]
type internal Easing =
    | Power of exponent: float
    | Cosine
    | Exponential

    member easing.Between(first: float, last: float, place: Place) =
        match easing with
        | Power 1.0 -> Straight.between first last place.Step place.Steps
        | Power exponent -> Straight.between first last (place.Progress ** exponent) 1.0
        // (1 - cos(pi u)) / 2, said so that the middle is exact.
        | Cosine -> Straight.between first last (0.5 + 0.5 * sin (Math.PI * (place.Progress - 0.5))) 1.0
        | Exponential when place.Progress = 1.0 -> last
        | Exponential ->
            // Two powers, as the ratio of the ends may exceed a double.
            let value = first ** (1.0 - place.Progress) * last ** place.Progress
            Math.Clamp(value, min first last, max first last)
