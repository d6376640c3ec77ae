namespace DreamTime.Schedules

open System

/// How a value goes from its first to its last while a run goes from u = 0 to u = 1.
[<RequireQualifiedAccess; Struct>]
type internal Easing =
    | Power of exponent: float
    | Cosine
    | Exponential

    member easing.Between(first: float, last: float, u: float) =
        match easing with
        | Power 1.0 -> first + (last - first) * u
        | Power exponent -> first + (last - first) * u ** exponent
        | Cosine -> first + (last - first) * (1.0 - cos (Math.PI * u)) / 2.0
        | Exponential -> first * (last / first) ** u
