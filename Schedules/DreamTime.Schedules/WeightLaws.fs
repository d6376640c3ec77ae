namespace DreamTime.Schedules

open System

/// A law of weights with its use: the shorter side where the law holds.
type internal WeightLaw = { Law: SimplificationLaw; Rewrite: Weight -> Weight voption }

/// The laws of weights. Each use makes an expression smaller, so that simplifying ends.
module internal WeightLaws =

    let private exact name statement rewrite = {
        Law = SimplificationLaw(name, statement, true, true)
        Rewrite = rewrite
    }

    let private rounded name statement rewrite = {
        Law = SimplificationLaw(name, statement, false, true)
        Rewrite = rewrite
    }

    let private upToScale name statement isExact rewrite = {
        Law = SimplificationLaw(name, statement, isExact, false)
        Rewrite = rewrite
    }

    let private (|One|_|) weight =
        match weight with
        | Weight.Constant 1.0 -> true
        | _ -> false

    let private (|Zero|_|) weight =
        match weight with
        | Weight.Constant 0.0 -> true
        | _ -> false

    /// Whether the weight is provably nowhere negative.
    let rec private isNonNegative weight =
        match weight with
        | Weight.Snr
        | Weight.Gaussian _
        | Weight.Plateau _
        | Weight.Window _
        | Weight.Beta _
        | Weight.LogitNormal _ -> true
        | Weight.Constant value -> value >= 0.0
        | Weight.P2(k, _) -> k >= 0.0
        | Weight.Table values -> List.forall (fun value -> value >= 0.0) values
        | Weight.Product(left, right)
        | Weight.Sum(left, right)
        | Weight.Minimum(left, right) -> isNonNegative left && isNonNegative right
        | Weight.Maximum(left, right) -> isNonNegative left || isNonNegative right
        | Weight.Quotient(inner, divisor) -> divisor > 0.0 && isNonNegative inner
        | Weight.Power(inner, _)
        | Weight.Truncate(_, _, inner)
        | Weight.Mirror inner -> isNonNegative inner

    /// The common part of two intervals, where there is one.
    let private common make (low1: int, high1: int) (low2: int, high2: int) =
        let low, high = max low1 low2, min high1 high2
        if low <= high then ValueSome(make low high) else ValueNone

    let private window low high = Weight.Window(low, high)

    let private (|Values|_|) weight =
        match weight with
        | Weight.Constant value -> ValueSome [ value ]
        | Weight.Table values -> ValueSome values
        | _ -> ValueNone

    let private ofValues make (values: float list) =
        if List.forall Double.IsFinite values then ValueSome(make values) else ValueNone

    let private constant (values: float list) = Weight.constant values.Head

    /// An operator of two weights, at one t.
    let private operation weight =
        match weight with
        | Weight.Product(left, right) -> ValueSome struct ((*), left, right)
        | Weight.Sum(left, right) -> ValueSome struct ((+), left, right)
        | Weight.Minimum(left, right) -> ValueSome struct ((fun (a: float) (b: float) -> Math.Min(a, b)), left, right)
        | Weight.Maximum(left, right) -> ValueSome struct ((fun (a: float) (b: float) -> Math.Max(a, b)), left, right)
        | _ -> ValueNone

    let private constants weight =
        match weight with
        | Weight.Quotient(Weight.Constant value, divisor) -> ofValues constant [ value / divisor ]
        | Weight.Power(Weight.Constant value, exponent) -> ofValues constant [ value ** exponent ]
        | Weight.Mirror(Weight.Constant _ as inner) -> ValueSome inner
        | weight ->
            match operation weight with
            | ValueSome(operator, Weight.Constant left, Weight.Constant right) ->
                ofValues constant [ operator left right ]
            | _ -> ValueNone

    let private tables weight =
        match weight with
        | Weight.Quotient(Weight.Table values, divisor) ->
            values |> List.map (fun value -> value / divisor) |> ofValues Weight.table
        | Weight.Power(Weight.Table values, exponent) ->
            values |> List.map (fun value -> value ** exponent) |> ofValues Weight.table
        | Weight.Mirror(Weight.Table values) -> ValueSome(Weight.Table(List.rev values))
        | Weight.Truncate(low, high, Weight.Table values) ->
            values
            |> List.mapi (fun k value -> if low <= k + 1 && k + 1 <= high then value else 0.0)
            |> ofValues Weight.table
        | weight ->
            match operation weight with
            | ValueSome(operator, Weight.Table left, Weight.Table right) when left.Length = right.Length ->
                List.map2 operator left right |> ofValues Weight.table
            | ValueSome(operator, Weight.Table left, Weight.Constant right) ->
                left |> List.map (fun value -> operator value right) |> ofValues Weight.table
            | ValueSome(operator, Weight.Constant left, Weight.Table right) ->
                right |> List.map (operator left) |> ofValues Weight.table
            | _ -> ValueNone

    /// The factors of a product, from the left.
    let rec private factors weight =
        match weight with
        | Weight.Product(left, right) -> factors left @ factors right
        | weight -> [ weight ]

    /// The product with its factors changed by their index or left out, in the same tree; the index after the last beside it.
    let rec private changeFactors (change: int -> Weight -> Weight voption) index weight =
        match weight with
        | Weight.Product(left, right) ->
            let struct (left, index) = changeFactors change index left
            let struct (right, index) = changeFactors change index right

            match left, right with
            | ValueSome left, ValueSome right -> struct (ValueSome(Weight.Product(left, right)), index)
            | ValueSome only, ValueNone
            | ValueNone, ValueSome only -> struct (ValueSome only, index)
            | ValueNone, ValueNone -> struct (ValueNone, index)
        | factor -> struct (change index factor, index + 1)

    /// Two Gaussians this far apart, as the exponent of their product's height, might underflow before they meet.
    let private farthest = 200.0

    let private meet (m1: float) (s1: float) (m2: float) (s2: float) =
        let v1, v2 = s1 * s1, s2 * s2
        let mean = (m1 * v2 + m2 * v1) / (v1 + v2)
        let deviation = s1 * s2 / sqrt (v1 + v2)
        let apart = (m1 - m2) * (m1 - m2) / (v1 + v2) / 2.0

        if Double.IsFinite mean && Double.IsFinite deviation && deviation > 0.0 && apart <= farthest then
            ValueSome(Weight.gaussian mean deviation)
        else
            ValueNone

    /// Joins a Gaussian of a product with a later one that it can meet.
    let private gaussians weight =
        match weight with
        | Weight.Product _ ->
            let found =
                factors weight
                |> List.indexed
                |> List.choose (fun (k, factor) ->
                    match factor with
                    | Weight.Gaussian(mean, deviation) -> Some struct (k, mean, deviation)
                    | _ -> None)

            let meetings =
                seq {
                    for struct (k, m1, s1) in found do
                        for struct (other, m2, s2) in found do
                            if other > k then
                                match meet m1 s1 m2 s2 with
                                | ValueSome joined -> struct (k, other, joined)
                                | ValueNone -> ()
                }

            match Seq.tryHead meetings with
            | Some(k, other, joined) ->
                let change index factor =
                    if index = k then ValueSome joined
                    elif index = other then ValueNone
                    else ValueSome factor

                let struct (shorter, _) = changeFactors change 0 weight
                shorter
            | None -> ValueNone
        | _ -> ValueNone

    let private nestedPower weight =
        match weight with
        | Weight.Power(Weight.Power(inner, first), second) when
            Double.IsFinite(first * second) && (isNonNegative inner || floor second = second)
            ->
            ValueSome(Weight.power (first * second) inner)
        | _ -> ValueNone

    let private nestedQuotient weight =
        match weight with
        | Weight.Quotient(Weight.Quotient(inner, first), second) when Double.IsNormal(first * second) ->
            ValueSome(Weight.quotient (first * second) inner)
        | _ -> ValueNone

    let private powerOfGaussian weight =
        match weight with
        | Weight.Power(Weight.Gaussian(mean, deviation), exponent) when
            exponent > 0.0 && Double.IsNormal(deviation / sqrt exponent)
            ->
            ValueSome(Weight.gaussian mean (deviation / sqrt exponent))
        | _ -> ValueNone

    let private windows weight =
        match weight with
        | Weight.Product(Weight.Window(a, b), Weight.Window(c, d)) -> common window (a, b) (c, d)
        | Weight.Truncate(a, b, Weight.Window(c, d)) -> common window (a, b) (c, d)
        | Weight.Truncate(a, b, One) -> ValueSome(Weight.Window(a, b))
        | Weight.Power(Weight.Window(a, b), exponent) when exponent > 0.0 -> ValueSome(Weight.Window(a, b))
        | _ -> ValueNone

    let private truncates weight =
        match weight with
        | Weight.Truncate(a, b, Weight.Truncate(c, d, inner)) ->
            common (fun low high -> Weight.Truncate(low, high, inner)) (a, b) (c, d)
        | Weight.Product(Weight.Truncate(a, b, left), Weight.Truncate(c, d, right)) ->
            common (fun low high -> Weight.Truncate(low, high, Weight.Product(left, right))) (a, b) (c, d)
        | _ -> ValueNone

    /// Every law, in the order in which they are tried.
    let all: WeightLaw list = [
        exact "one" "w * constant 1 = w, w / 1 = w, w ^ 1 = w" (function
            | Weight.Product(weight, One)
            | Weight.Product(One, weight)
            | Weight.Quotient(weight, 1.0)
            | Weight.Power(weight, 1.0) -> ValueSome weight
            | _ -> ValueNone)
        exact "zero" "w + constant 0 = w, w * constant 0 = constant 0" (function
            | Weight.Sum(weight, Zero)
            | Weight.Sum(Zero, weight) -> ValueSome weight
            | Weight.Product(_, (Zero as zero))
            | Weight.Product((Zero as zero), _) -> ValueSome zero
            | _ -> ValueNone)
        exact "power-zero" "w ^ 0 = constant 1" (function
            | Weight.Power(_, 0.0) -> ValueSome(Weight.Constant 1.0)
            | _ -> ValueNone)
        exact "constants" "an operator on constants is the constant of its result" constants
        exact
            "tables"
            "an operator on tables of one length, or on a table and a constant, is the table of its results"
            tables
        exact "idempotent" "min (w) (w) = w, max (w) (w) = w" (function
            | Weight.Minimum(left, right)
            | Weight.Maximum(left, right) when left = right -> ValueSome left
            | _ -> ValueNone)
        exact "mirror-mirror" "mirror (mirror (w)) = w" (function
            | Weight.Mirror(Weight.Mirror weight) -> ValueSome weight
            | _ -> ValueNone)
        exact
            "windows"
            "window a b * window c d = truncate a b (window c d) = window (max a c) (min b d), where that is not empty; truncate a b (constant 1) = window a b; window a b ^ p = window a b for p above 0"
            windows
        exact
            "truncates"
            "truncate a b (truncate c d (w)) = truncate (max a c) (min b d) (w), and for products of truncated weights, where that is not empty"
            truncates
        exact "window-factor" "window a b * w = truncate a b (w)" (function
            | Weight.Product(Weight.Window(low, high), weight)
            | Weight.Product(weight, Weight.Window(low, high)) -> ValueSome(Weight.Truncate(low, high, weight))
            | _ -> ValueNone)
        exact "plateau-point" "plateau m m s s = gaussian m s" (function
            | Weight.Plateau(m1, m2, s1, s2) when m1 = m2 && s1 = s2 -> ValueSome(Weight.Gaussian(m1, s1))
            | _ -> ValueNone)
        exact "beta-level" "beta 1 1 = constant 1" (function
            | Weight.Beta(1.0, 1.0) -> ValueSome(Weight.Constant 1.0)
            | _ -> ValueNone)
        rounded "power-power" "(w ^ a) ^ b = w ^ (a b), where w is not negative or b is whole" nestedPower
        rounded "quotient-quotient" "w / a / b = w / (a b)" nestedQuotient
        rounded "gaussian-power" "gaussian m s ^ p = gaussian m (s / sqrt p) for p above 0" powerOfGaussian
        upToScale "scale" "constant c * w = w and w / c = w up to scale, for c above 0" false (function
            | Weight.Product(Weight.Constant value, weight)
            | Weight.Product(weight, Weight.Constant value)
            | Weight.Quotient(weight, value) when value > 0.0 -> ValueSome weight
            | _ -> ValueNone)
        upToScale "double" "w + w = w up to scale" true (function
            | Weight.Sum(left, right) when left = right -> ValueSome left
            | _ -> ValueNone)
        upToScale
            "gaussian-product"
            "gaussian m1 s1 * gaussian m2 s2 = gaussian m s up to scale, with 1 / s^2 = 1 / s1^2 + 1 / s2^2 and m / s^2 = m1 / s1^2 + m2 / s2^2, where the means are at most 20 deviations apart"
            false
            gaussians
    ]
