namespace DreamTime.Schedules

open System

/// A number and its slopes: the derivative by each parameter, in order.
[<Struct>]
type internal Slopes = { Value: float; By: float[] }

/// The exact derivative of a weight by its parameters, forward through the tree.
/// At a kink it is that of the branch taken: the side of `min` and `max` that is the value (the left one of equals), the part of a
/// plateau that holds `t`, and nothing for the ends of `window` and `truncate`.
module internal WeightDerivative =

    /// 0 where a factor is 0, even where the other one is infinite: the rule of the product of weights.
    let private times (left: float) (right: float) =
        if left = 0.0 || right = 0.0 then 0.0 else left * right

    let private scaled factor slopes = Array.map (times factor) slopes

    let private flank (mean: float) (deviation: float) (t: float) (value: float) =
        let z = (t - mean) / deviation
        struct (times value (z / deviation), times value (z * z / deviation))

    let private plateau upper lower upperDeviation lowerDeviation (t: float) value =
        if t > upper then
            let struct (byMean, byDeviation) = flank upper upperDeviation t value
            [| byMean; 0.0; byDeviation; 0.0 |]
        elif t < lower then
            let struct (byMean, byDeviation) = flank lower lowerDeviation t value
            [| 0.0; byMean; 0.0; byDeviation |]
        else
            Array.zeroCreate 4

    /// `x ^ p`: by x `p x^(p-1)`, by p `x^p log x`, which is 0 at x = 0 for a positive power.
    let private power (exponent: float) (inner: Slopes) (value: float) = [|
        yield! inner.By |> scaled (times exponent (inner.Value ** (exponent - 1.0)))
        times value (log inner.Value)
    |]

    let rec at (noise: NoiseSchedule) (t: int<timestep>) (weight: Weight) : Slopes =
        let leaf slopes =
            let value = WeightMeaning.at noise t weight
            { Value = value; By = slopes value }

        let share = (float t - 0.5) / float noise.Timesteps

        let taken isLeft left right =
            let left, right = at noise t left, at noise t right

            if isLeft left.Value right.Value then
                { left with By = Array.append left.By (Array.zeroCreate right.By.Length) }
            else
                { right with By = Array.append (Array.zeroCreate left.By.Length) right.By }

        match weight with
        | Weight.Snr
        | Weight.Window _ -> leaf (fun _ -> Array.empty)
        | Weight.Constant _ -> leaf (fun _ -> [| 1.0 |])
        | Weight.Gaussian(mean, deviation) ->
            leaf (fun value ->
                let struct (byMean, byDeviation) = flank mean deviation (float t) value
                [| byMean; byDeviation |])
        | Weight.Plateau(m1, m2, s1, s2) -> leaf (plateau m1 m2 s1 s2 (float t))
        | Weight.Beta _ -> leaf (fun value -> [| times value (log share); times value (log (1.0 - share)) |])
        | Weight.LogitNormal(mean, deviation) ->
            leaf (fun value ->
                let struct (byMean, byDeviation) =
                    flank mean deviation (log (share / (1.0 - share))) value

                [| byMean; byDeviation |])
        | Weight.P2(k, gamma) ->
            leaf (fun value ->
                let alphaBar = noise.AlphaBar t
                let level = k + alphaBar / (1.0 - alphaBar)
                [| times value (-gamma / level); times value -(log level) |])
        | Weight.Table values -> leaf (fun _ -> Array.init values.Length (fun k -> if k + 1 = int t then 1.0 else 0.0))
        | Weight.Product(left, right) ->
            let left, right = at noise t left, at noise t right

            {
                Value = times left.Value right.Value
                By = Array.append (scaled right.Value left.By) (scaled left.Value right.By)
            }
        | Weight.Sum(left, right) ->
            let left, right = at noise t left, at noise t right
            { Value = left.Value + right.Value; By = Array.append left.By right.By }
        | Weight.Quotient(inner, divisor) ->
            let inner = at noise t inner
            let value = inner.Value / divisor

            {
                Value = value
                By = [| yield! inner.By |> Array.map (fun slope -> slope / divisor); -value / divisor |]
            }
        | Weight.Power(inner, exponent) ->
            let inner = at noise t inner
            let value = inner.Value ** exponent
            { Value = value; By = power exponent inner value }
        | Weight.Truncate(low, high, inner) when low <= int t && int t <= high -> at noise t inner
        | Weight.Truncate(_, _, inner) -> {
            Value = 0.0
            By = Array.zeroCreate (WeightParameters.ofWeight inner).Length
          }
        | Weight.Minimum(left, right) -> taken (<=) left right
        | Weight.Maximum(left, right) -> taken (>=) left right
        | Weight.Mirror inner -> at noise ((noise.Timesteps + 1) * 1<timestep> - t) inner
