namespace DreamTime.Schedules

open System

/// What a weight means at all timesteps at once: `WeightMeaning.at`, node by node instead of t by t, to the same bit.
module internal WeightValues =

    let inline private map2 ([<InlineIfLambda>] combine: float -> float -> float) (left: float[]) (right: float[]) =
        for k in 0 .. left.Length - 1 do
            left[k] <- combine left[k] right[k]

        left

    let inline private map ([<InlineIfLambda>] change: float -> float) (values: float[]) =
        for k in 0 .. values.Length - 1 do
            values[k] <- change values[k]

        values

    /// `W(1) .. W(T)` in an array of its own.
    let rec over (noise: NoiseSchedule) (weight: Weight) : float[] =
        match weight with
        | Weight.Product(left, right) ->
            map2 (fun a b -> if a = 0.0 || b = 0.0 then 0.0 else a * b) (over noise left) (over noise right)
        | Weight.Sum(left, right) -> map2 (+) (over noise left) (over noise right)
        | Weight.Quotient(weight, divisor) -> map (fun w -> w / divisor) (over noise weight)
        | Weight.Power(weight, exponent) -> map (fun w -> w ** exponent) (over noise weight)
        | Weight.Truncate(low, high, weight) ->
            let values = over noise weight

            for k in 0 .. values.Length - 1 do
                if k + 1 < low || k + 1 > high then
                    values[k] <- 0.0

            values
        | Weight.Minimum(left, right) -> map2 (fun a b -> Math.Min(a, b)) (over noise left) (over noise right)
        | Weight.Maximum(left, right) -> map2 (fun a b -> Math.Max(a, b)) (over noise left) (over noise right)
        | Weight.Mirror weight ->
            let values = over noise weight
            Array.Reverse values
            values
        | Weight.Table values -> WeightMeaning.tabulated noise values
        | word -> Array.init noise.Timesteps (fun k -> WeightMeaning.at noise ((k + 1) * 1<timestep>) word)
