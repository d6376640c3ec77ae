/// Eq. 5 word by word: what every table is compared with.
module DreamTime.Schedules.Tests.Oracle

open System
open System.Numerics
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

/// A double as a whole multiple of 2^-1074: subtracting and comparing these does not round.
let private exact (value: float) =
    let bits = BitConverter.DoubleToInt64Bits value
    let exponent = int (bits >>> 52) &&& 0x7FF
    let fraction = bits &&& 0xFFFFFFFFFFFFFL

    if exponent = 0 then
        BigInteger fraction
    else
        BigInteger(fraction ||| 0x10000000000000L) <<< (exponent - 1)

let private nearest sum (weights: float[]) (target: float) =
    seq { weights.Length .. -1 .. 1 }
    |> Seq.filter (fun t -> weights[t - 1] > 0.0)
    |> Seq.minBy (fun t -> BigInteger.Abs(exact (sum weights t) - exact target)) // the first of equals

/// The t of positive weight whose sum is nearest, the larger of two as near; never above the choice at 1/2 beyond it.
let argmin (weights: float[]) u =
    if u <= 0.5 then
        nearest tailSum weights u
    else
        min (nearest tailSum weights 0.5) (nearest headSum weights (1.0 - u))
