namespace DreamTime.Schedules

/// What a schedule is of: timesteps of the paper, 1 or above, or numbers of any meaning.
[<RequireQualifiedAccess>]
type internal Kind =
    | Timesteps
    | Numbers
