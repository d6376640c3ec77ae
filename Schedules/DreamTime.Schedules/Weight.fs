namespace DreamTime.Schedules

open System

/// A weight `W(t)` over the timesteps, as data: how much of a run is spent at each `t`.
/// It is compared by structure, prints as the language reads it, and means what `Weight.eval` computes.
/// Every number is in the paper's `t`, `1..T`.
[<NoComparison>]
type Weight =
    internal
    | Snr
    | Gaussian of mean: float * deviation: float
    | Plateau of upper: float * lower: float * upperDeviation: float * lowerDeviation: float
    | Constant of value: float
    | Window of low: int * high: int
    | Product of Weight * Weight
    | Sum of Weight * Weight
    | Quotient of Weight * divisor: float
    | Power of Weight * exponent: float
    | Truncate of low: int * high: int * Weight
    | Minimum of Weight * Weight
    | Maximum of Weight * Weight
    | Mirror of Weight

    /// The text of the language; parsing it gives an equal weight.
    override weight.ToString() = Weight.Print 0 weight

    /// `level` says what may stand here without parentheses: 0 a sum, 1 a product, 2 a power, 3 a word with its numbers.
    static member private Print level weight =
        let number = Number.show

        let bracketed own text =
            if own < level then $"({text})" else text

        match weight with
        | Snr -> "snr"
        | Gaussian(mean, deviation) -> $"gaussian {number mean} {number deviation}"
        | Plateau(m1, m2, s1, s2) -> $"plateau {number m1} {number m2} {number s1} {number s2}"
        | Constant value -> $"constant {number value}"
        | Window(low, high) -> $"window {low} {high}"
        | Sum(left, right) -> bracketed 0 $"{Weight.Print 0 left} + {Weight.Print 1 right}"
        | Product(left, right) -> bracketed 1 $"{Weight.Print 1 left} * {Weight.Print 2 right}"
        | Quotient(weight, divisor) -> bracketed 1 $"{Weight.Print 1 weight} / {number divisor}"
        | Power(weight, exponent) -> bracketed 2 $"{Weight.Print 3 weight} ^ {number exponent}"
        | Truncate(low, high, weight) -> $"truncate {low} {high} ({Weight.Print 0 weight})"
        | Minimum(left, right) -> $"min ({Weight.Print 0 left}) ({Weight.Print 0 right})"
        | Maximum(left, right) -> $"max ({Weight.Print 0 left}) ({Weight.Print 0 right})"
        | Mirror weight -> $"mirror ({Weight.Print 0 weight})"

    /// The product at each `t`; 0 where a factor is 0, even where the other one is infinite.
    static member (*)(left: Weight, right: Weight) : Weight = Product(left, right)

    /// The sum at each `t`.
    static member (+)(left: Weight, right: Weight) : Weight = Sum(left, right)

    /// The weight divided by a number at each `t`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The divisor is 0 or not finite.</exception>
    static member (/)(weight: Weight, divisor: float) : Weight =
        if divisor = 0.0 || not (Double.IsFinite divisor) then
            raise (ArgumentOutOfRangeException(nameof divisor, divisor, "A finite divisor other than 0 is needed."))

        Quotient(weight, divisor)

    /// The weight raised to a power at each `t`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The exponent is not finite.</exception>
    static member Pow(weight: Weight, exponent: float) : Weight =
        Number.checkFinite (nameof exponent) exponent
        Power(weight, exponent + 0.0)

/// The primitives and combinators of weights under their full names, and what a weight means.
module Weight =

    let private checkInterval (low: int) (high: int) =
        if low > high then
            raise (
                ArgumentOutOfRangeException(
                    nameof low,
                    low,
                    $"The interval is empty: low must not be above high, {high}."
                )
            )

    /// `sqrt((1 - abar_t) / abar_t)`, the paper's Wd: SNR to the power -1/2, the sigma of k-diffusion.
    let snr: Weight = Snr

    /// `exp(-(t - mean)^2 / (2 deviation^2))`, the paper's Wp (eq. 8). The deviation is above 0.
    let gaussian (mean: float) (deviation: float) : Weight =
        Number.checkFinite (nameof mean) mean
        Number.checkPositive (nameof deviation) deviation
        // Adding 0 turns -0 into 0: equal weights have one text.
        Gaussian(mean + 0.0, deviation)

    /// 1 for `lower <= t <= upper`, a Gaussian flank beyond each end: the weight of the paper's first version.
    /// `upper` is m1, `lower` m2 and not above it; the deviations, s1 and s2, are above 0.
    let plateau (upper: float) (lower: float) (upperDeviation: float) (lowerDeviation: float) : Weight =
        Number.checkFinite (nameof upper) upper
        Number.checkFinite (nameof lower) lower
        Number.checkPositive (nameof upperDeviation) upperDeviation
        Number.checkPositive (nameof lowerDeviation) lowerDeviation

        if lower > upper then
            raise (
                ArgumentOutOfRangeException(
                    nameof lower,
                    lower,
                    $"The lower end must not be above the upper, {Number.show upper}."
                )
            )

        Plateau(upper + 0.0, lower + 0.0, upperDeviation, lowerDeviation)

    /// The same value at every `t`.
    let constant (value: float) : Weight =
        Number.checkFinite (nameof value) value
        Constant(value + 0.0)

    /// 1 for `low <= t <= high`, else 0.
    let window (low: int) (high: int) : Weight =
        checkInterval low high
        Window(low, high)

    /// The product at each `t`: the operator `*`.
    let product (left: Weight) (right: Weight) : Weight = left * right

    /// The sum at each `t`: the operator `+`.
    let sum (left: Weight) (right: Weight) : Weight = left + right

    /// The weight divided by a number other than 0: the operator `/`.
    let quotient (divisor: float) (weight: Weight) : Weight = weight / divisor

    /// The weight raised to a power: the operator `**`, in the language `^`.
    let power (exponent: float) (weight: Weight) : Weight = weight ** exponent

    /// The weight for `low <= t <= high`, else 0, whatever the weight is there.
    let truncate (low: int) (high: int) (weight: Weight) : Weight =
        checkInterval low high
        Truncate(low, high, weight)

    /// The lesser of two weights at each `t`.
    let minimum (left: Weight) (right: Weight) : Weight = Minimum(left, right)

    /// The greater of two weights at each `t`.
    let maximum (left: Weight) (right: Weight) : Weight = Maximum(left, right)

    /// The weight at `T + 1 - t`.
    let mirror (weight: Weight) : Weight = Mirror weight

    /// What a weight means: `W(t)`, not normalised, for the paper's `t` in `1..T`. Slow and obvious; tables are checked against it.
    let rec eval (noise: NoiseSchedule) (t: int<timestep>) (weight: Weight) : float =
        let here = eval noise t

        let flank mean deviation =
            let z = (float t - mean) / deviation in exp (-z * z / 2.0)

        match weight with
        | Snr ->
            let alphaBar = noise.AlphaBar t
            sqrt ((1.0 - alphaBar) / alphaBar)
        | Gaussian(mean, deviation) -> flank mean deviation
        | Plateau(upper, _, deviation, _) when float t > upper -> flank upper deviation
        | Plateau(_, lower, _, deviation) when float t < lower -> flank lower deviation
        | Plateau _ -> 1.0
        | Constant value -> value
        | Window(low, high) -> if low <= int t && int t <= high then 1.0 else 0.0
        | Product(left, right) ->
            match here left, here right with
            | 0.0, _
            | _, 0.0 -> 0.0
            | left, right -> left * right
        | Sum(left, right) -> here left + here right
        | Quotient(weight, divisor) -> here weight / divisor
        | Power(weight, exponent) -> here weight ** exponent
        | Truncate(low, high, weight) -> if low <= int t && int t <= high then here weight else 0.0
        | Minimum(left, right) -> Math.Min(here left, here right)
        | Maximum(left, right) -> Math.Max(here left, here right)
        | Mirror weight -> eval noise ((noise.Timesteps + 1) * 1<timestep> - t) weight
