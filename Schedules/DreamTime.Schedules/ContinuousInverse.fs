namespace DreamTime.Schedules

open System

/// Where on the real line of timesteps a progress lies: between two neighbours of the support, `share` of the way to the upper.
[<Struct>]
type internal Between = {
    Lower: int
    Upper: int
    Share: float
} with

    member place.Timestep =
        float place.Lower + float (place.Upper - place.Lower) * place.Share

/// Eq. 5 without rounding: the tail sum, straight between the timesteps of the support and 0 one above the highest, inverted.
/// Its nearest timestep of the support is the schedule's. As there, tail sums count up to 1/2 and head sums above.
type internal ContinuousInverse(table: WeightTable) =
    let weights = table.Normalised

    let knots = [|
        int table.Highest + 1
        for t in int table.Highest .. -1 .. 1 do
            if weights[t - 1] > 0.0 then
                t
    |]

    let sumsAt (sums: float[]) =
        knots |> Array.map (fun t -> sums[t - 1])

    let tails = sumsAt (Array.scanBack (+) weights 0.0)
    let heads = sumsAt (Array.scan (+) 0.0 weights)

    let within (sums: float[]) sign target =
        let k = max 1 (NearestSum.firstAt sums sign target)
        let share = (sums[k] - target) / (sums[k] - sums[k - 1])

        { Lower = knots[k]; Upper = knots[k - 1]; Share = Math.Clamp(share, 0.0, 1.0) }

    /// The place of a progress in [0, 1].
    member _.Find(progress: float) : Between =
        if progress <= 0.5 then
            within tails NearestSum.Rising progress
        else
            within heads NearestSum.Falling (1.0 - progress)
