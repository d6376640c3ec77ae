namespace DreamTime.Schedules

open System

/// A real number of a weight's expression, such as the mean of a `gaussian`. The whole numbers of `window` and `truncate` are none:
/// nothing changes smoothly with them.
[<Sealed>]
type WeightParameter internal (word: string, name: string, value: float, isPositive: bool) =

    /// The word or operator it belongs to: `gaussian`, `^`, `/`, `table` …
    member _.Word = word

    /// What the word calls it: `m`, `s`, `exponent` …; `w1`, `w2` … in a table.
    member _.Name = name

    /// The number.
    member _.Value = value

    /// Whether it must be above 0, as deviations must.
    member _.IsPositive = isPositive

    /// Word, name and number.
    override _.ToString() = $"{word} {name} = {Number.show value}"

/// The parameters of a weight, in the order of its text.
module WeightParameters =

    /// The weight with each parameter changed, in order; the words check the new numbers.
    let rec private map (change: WeightParameter -> float) (weight: Weight) : Weight =
        let real word name value =
            change (WeightParameter(word, name, value, false))

        let positive word name value =
            change (WeightParameter(word, name, value, true))

        let both make (left, right) =
            let left = map change left
            make left (map change right)

        match weight with
        | Weight.Snr
        | Weight.Window _ -> weight
        | Weight.Gaussian(mean, deviation) ->
            let mean = real "gaussian" "m" mean
            Weight.gaussian mean (positive "gaussian" "s" deviation)
        | Weight.Plateau(m1, m2, s1, s2) ->
            let m1 = real "plateau" "m1" m1
            let m2 = real "plateau" "m2" m2
            let s1 = positive "plateau" "s1" s1
            Weight.plateau m1 m2 s1 (positive "plateau" "s2" s2)
        | Weight.Constant value -> Weight.constant (real "constant" "c" value)
        | Weight.Beta(a, b) ->
            let a = positive "beta" "a" a
            Weight.beta a (positive "beta" "b" b)
        | Weight.LogitNormal(mean, deviation) ->
            let mean = real "logitNormal" "m" mean
            Weight.logitNormal mean (positive "logitNormal" "s" deviation)
        | Weight.P2(k, gamma) ->
            let k = real "p2" "k" k
            Weight.p2 k (real "p2" "gamma" gamma)
        | Weight.Table values -> values |> List.mapi (fun k value -> real "table" $"w{k + 1}" value) |> Weight.table
        | Weight.Product(left, right) -> both Weight.product (left, right)
        | Weight.Sum(left, right) -> both Weight.sum (left, right)
        | Weight.Minimum(left, right) -> both Weight.minimum (left, right)
        | Weight.Maximum(left, right) -> both Weight.maximum (left, right)
        | Weight.Quotient(inner, divisor) ->
            let inner = map change inner
            Weight.quotient (real "/" "divisor" divisor) inner
        | Weight.Power(inner, exponent) ->
            let inner = map change inner
            Weight.power (real "^" "exponent" exponent) inner
        | Weight.Truncate(low, high, inner) -> Weight.truncate low high (map change inner)
        | Weight.Mirror inner -> Weight.mirror (map change inner)

    /// Every parameter, in the order of the text.
    let ofWeight (weight: Weight) : WeightParameter list =
        let found = ResizeArray()

        weight
        |> map (fun parameter ->
            found.Add parameter
            parameter.Value)
        |> ignore

        List.ofSeq found

    /// The weight with other numbers for its parameters, in the order of the text.
    /// <exception cref="T:System.ArgumentException">Not one number for each parameter, or one that its word does not take.</exception>
    let replace (values: float list) (weight: Weight) : Weight =
        let count = (ofWeight weight).Length

        if values.Length <> count then
            raise (
                ArgumentException(
                    $"The weight has {count} parameters, but {values.Length} values were given.",
                    nameof values
                )
            )

        let mutable rest = values

        weight
        |> map (fun _ ->
            let value = rest.Head
            rest <- rest.Tail
            value)
