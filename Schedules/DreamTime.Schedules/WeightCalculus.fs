namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// A compiled weight with the exact derivatives of what is made of it, by each number of its expression: of the weight, of the tail
/// sum `S(t)`, and of the continuous `t(u)`.
///
/// `t(u)` is eq. 5 without rounding: `S`, taken straight between neighbouring timesteps of positive weight and as 0 one above the
/// highest, inverted. It falls from one above the highest at u = 0 to the lowest at u = 1; rounded to the nearest timestep of positive weight,
/// the larger of two as near, it is the schedule. So the constant weight has `t(u) = 1001 - 1000 u`.
///
/// At a kink the derivative is that of the branch taken: the side of `min` and `max` that is the value (the left one of equals), the part
/// of a plateau that holds `t`. The ends of `window` and `truncate` are whole and have none.
[<Sealed>]
type WeightCalculus private (table: WeightTable, parameters: WeightParameter[], slopes: Slopes[]) =
    let weights = table.Normalised
    let largest = slopes |> Array.map _.Value |> Array.max
    let total = slopes |> Array.sumBy (fun slope -> slope.Value / largest)
    let tails = Array.scanBack (+) weights 0.0
    let inverse = lazy (ContinuousInverse table)

    /// Slopes of the normalised weight at t, by the parameter p, and of its sums from the top and from the bottom.
    let sums =
        Array.init parameters.Length (fun p ->
            let scaled = slopes |> Array.map (fun slope -> slope.By[p] / largest / total)
            let ofTotal = Array.sum scaled

            let normalised =
                Array.map2 (fun slope weight -> slope - weight * ofTotal) scaled weights

            struct (Array.scanBack (+) normalised 0.0, Array.scan (+) 0.0 normalised))

    let check (t: int) last =
        if t < 1 || t > last then
            raise (ArgumentOutOfRangeException(nameof t, t, $"A timestep is in 1..{last}."))

    /// `t` in 1..T+1. What is small is summed: above 1/2 the slope of the head sum, with its sign turned.
    let tailSlope p t =
        let struct (fromTop, fromBottom) = sums[p]
        if tails[t - 1] <= 0.5 then fromTop[t - 1] else -fromBottom[t - 1]

    let find (progress: float) =
        if Double.IsNaN progress then
            raise (ArgumentOutOfRangeException(nameof progress, progress, "A number is needed."))

        inverse.Value.Find(Math.Clamp(progress, 0.0, 1.0))

    let tailAt (t: int) = tails[t - 1]

    /// The derivative of an inverse: that of the sum, divided by its slope along t.
    let timestepSlopes (place: Between) =
        let width = float (place.Upper - place.Lower)

        let mass =
            // The mass between two neighbours is the weight of the lower, without the error of a difference of sums.
            weights[place.Lower - 1]

        Array.init parameters.Length (fun p ->
            let slope =
                (1.0 - place.Share) * tailSlope p place.Lower + place.Share * tailSlope p place.Upper

            slope * width / mass)

    /// Compiles a weight on a model's noise, with its derivatives.
    /// <param name="weight">The weight.</param>
    /// <param name="noise">The noise whose `T` and abar it is about.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The weight is negative or not finite somewhere, or 0 everywhere.</exception>
    static member Of(weight: Weight, noise: NoiseSchedule) : WeightCalculus =
        ArgumentNullException.ThrowIfNull noise
        let table = WeightTable.compile noise weight
        let parameters = WeightParameters.ofWeight weight |> Array.ofList

        WeightCalculus(
            table,
            parameters,
            Array.init noise.Timesteps (fun k -> WeightDerivative.at noise ((k + 1) * 1<timestep>) weight)
        )

    /// The compiled weight.
    member _.Table = table

    /// The numbers of the expression, in the order of its text.
    member _.Parameters: IReadOnlyList<WeightParameter> = Array.AsReadOnly parameters

    /// `dW(t)/dp` of the weight, not normalised, for each parameter p.
    /// <param name="t">The paper's timestep, `1..T`.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T`.</exception>
    member _.WeightSlopes(t: int) : float[] =
        check t slopes.Length
        Array.copy slopes[t - 1].By

    /// `S(t)`, the sum of the normalised weights of `t..T`; 1 at t = 1 up to rounding, 0 at T + 1.
    /// <param name="t">The paper's timestep, `1..T+1`.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T+1`.</exception>
    member _.TailSum(t: int) : float =
        check t (slopes.Length + 1)
        tailAt t

    /// `dS(t)/dp` for each parameter p.
    /// <param name="t">The paper's timestep, `1..T+1`.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T+1`.</exception>
    member _.TailSumSlopes(t: int) : float[] =
        check t (slopes.Length + 1)
        Array.init parameters.Length (fun p -> tailSlope p t)

    /// The continuous `t(u)`, from one above the highest timestep of positive weight down to the lowest.
    /// <param name="progress">u; limited to [0, 1].</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">u is not a number.</exception>
    member _.Timestep(progress: float) : float = (find progress).Timestep

    /// `dt(u)/dp` of the continuous `t(u)` for each parameter p.
    /// <param name="progress">u; limited to [0, 1].</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">u is not a number.</exception>
    member _.TimestepSlopes(progress: float) : float[] = timestepSlopes (find progress)
