namespace DreamTime.Schedules

open System

/// A weight `W(t)` over the timesteps, as data: how much of a run is spent at each `t`.
/// It is compared by structure, prints as the language reads it, and means what `Weight.eval` computes.
/// Every number is in the paper's `t`, `1..T`.
[<NoComparison; RequireQualifiedAccess>]
type Weight =
    internal
    | Snr
    | Gaussian of mean: float * deviation: float
    | Plateau of upper: float * lower: float * upperDeviation: float * lowerDeviation: float
    | Constant of value: float
    | Window of low: int * high: int
    | Beta of a: float * b: float
    | LogitNormal of mean: float * deviation: float
    | P2 of k: float * gamma: float
    | Table of values: float list
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
        | Weight.Snr -> "snr"
        | Weight.Gaussian(mean, deviation) -> $"gaussian {number mean} {number deviation}"
        | Weight.Plateau(m1, m2, s1, s2) -> $"plateau {number m1} {number m2} {number s1} {number s2}"
        | Weight.Constant value -> $"constant {number value}"
        | Weight.Window(low, high) -> $"window {low} {high}"
        | Weight.Beta(a, b) -> $"beta {number a} {number b}"
        | Weight.LogitNormal(mean, deviation) -> $"logitNormal {number mean} {number deviation}"
        | Weight.P2(k, gamma) -> $"p2 {number k} {number gamma}"
        | Weight.Table values -> $"""table [{values |> List.map number |> String.concat ", "}]"""
        | Weight.Sum(left, right) -> bracketed 0 $"{Weight.Print 0 left} + {Weight.Print 1 right}"
        | Weight.Product(left, right) -> bracketed 1 $"{Weight.Print 1 left} * {Weight.Print 2 right}"
        | Weight.Quotient(weight, divisor) -> bracketed 1 $"{Weight.Print 1 weight} / {number divisor}"
        | Weight.Power(weight, exponent) -> bracketed 2 $"{Weight.Print 3 weight} ^ {number exponent}"
        | Weight.Truncate(low, high, weight) -> $"truncate {low} {high} ({Weight.Print 0 weight})"
        | Weight.Minimum(left, right) -> $"min ({Weight.Print 0 left}) ({Weight.Print 0 right})"
        | Weight.Maximum(left, right) -> $"max ({Weight.Print 0 left}) ({Weight.Print 0 right})"
        | Weight.Mirror weight -> $"mirror ({Weight.Print 0 weight})"

    /// Operators above the deepest word, counted no further than `limit`.
    static member internal Depth limit weight =
        if limit <= 0 then
            0
        else
            match weight with
            | Weight.Product(left, right)
            | Weight.Sum(left, right)
            | Weight.Minimum(left, right)
            | Weight.Maximum(left, right) ->
                let depth = Weight.Depth (limit - 1) left
                1 + if depth = limit - 1 then depth else max depth (Weight.Depth (limit - 1) right)
            | Weight.Quotient(inner, _)
            | Weight.Power(inner, _)
            | Weight.Truncate(_, _, inner)
            | Weight.Mirror inner -> 1 + Weight.Depth (limit - 1) inner
            | _ -> 1

    /// The weight itself, unless walking its tree could exhaust a stack.
    static member internal Checked(weight: Weight) : Weight =
        if Weight.Depth (Depth.most + 1) weight > Depth.most then
            raise (
                ArgumentException
                    $"An expression is at most {Depth.most} operators deep; combine its parts as a balanced tree."
            )

        weight

    /// The product at each `t`; 0 where a factor is 0, even where the other one is infinite.
    /// <exception cref="T:System.ArgumentException">The expression becomes more than 250 operators deep.</exception>
    static member (*)(left: Weight, right: Weight) : Weight =
        Weight.Checked(Weight.Product(left, right))

    /// The sum at each `t`.
    /// <exception cref="T:System.ArgumentException">The expression becomes more than 250 operators deep.</exception>
    static member (+)(left: Weight, right: Weight) : Weight = Weight.Checked(Weight.Sum(left, right))

    /// The weight divided by a number at each `t`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The divisor is 0 or not finite.</exception>
    static member (/)(weight: Weight, divisor: float) : Weight =
        if divisor = 0.0 || not (Double.IsFinite divisor) then
            raise (ArgumentOutOfRangeException(nameof divisor, divisor, "A finite divisor other than 0 is needed."))

        Weight.Checked(Weight.Quotient(weight, divisor))

    /// The weight raised to a power at each `t`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The exponent is not finite.</exception>
    static member Pow(weight: Weight, exponent: float) : Weight =
        Number.checkFinite (nameof exponent) exponent
        Weight.Checked(Weight.Power(weight, exponent + 0.0))
