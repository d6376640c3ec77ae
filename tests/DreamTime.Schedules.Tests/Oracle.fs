/// Eq. 5 word by word: what every table is compared with.
module DreamTime.Schedules.Tests.Oracle

open DreamTime.Schedules

let evaluate (noise: NoiseSchedule) weight =
    Array.init noise.Timesteps (fun k -> Weight.eval noise ((k + 1) * 1<timestep>) weight)

let normalise (values: float[]) =
    let total = Array.sum values
    values |> Array.map (fun w -> w / total)

/// Sum over t..T, from the top.
let tailSum (weights: float[]) t =
    Seq.fold (fun sum k -> sum + weights[k - 1]) 0.0 (seq { weights.Length .. -1 .. t })

/// Sum over 1..t-1, from the bottom.
let headSum (weights: float[]) t =
    Seq.fold (fun sum k -> sum + weights[k - 1]) 0.0 (seq { 1 .. t - 1 })

/// |S(t) - u|, by head sums above 1/2.
let distance weights u t =
    if u <= 0.5 then
        abs (tailSum weights t - u)
    else
        abs (headSum weights t - (1.0 - u))

/// The nearest t of positive weight, the larger of two as near.
let argmin (weights: float[]) u =
    seq { weights.Length .. -1 .. 1 }
    |> Seq.filter (fun t -> weights[t - 1] > 0.0)
    |> Seq.minBy (distance weights u) // the first of equals
