namespace DreamTime.Schedules

open System

/// The words of weights.
module internal WeightSyntax =

    let private plateau (reader: TokenReader) =
        let upper = reader.Real "the upper end m1"

        let lower =
            reader.Number "the lower end m2" (fun lower -> lower <= upper) $"not above m1, {Number.show upper}"

        let upperDeviation = reader.Positive "the upper deviation s1"
        Weight.Plateau(upper, lower, upperDeviation, reader.Positive "the lower deviation s2")

    /// `p2` alone is that of its paper.
    let private p2 (reader: TokenReader) =
        match reader.Peek.Kind with
        | TokenKind.Number _ ->
            let k = reader.Real "the constant k"
            Weight.P2(k, reader.Real "the exponent gamma")
        | _ -> Weight.P2(1.0, 1.0)

    /// The weight that a word begins, if it is one of theirs.
    let read (arguments: Arguments) (reader: TokenReader) (token: Token) : Read<Weight> voption =
        let leaf weight = ValueSome(Read.leaf weight)

        let above make =
            ValueSome(Read.above token make (arguments.Weight reader token))

        let both make =
            let left = arguments.Weight reader token
            ValueSome(Read.aboveBoth token make left (arguments.Weight reader token))

        match token.Text with
        | "snr" -> leaf Weight.Snr
        | "gaussian" ->
            let mean = reader.Real "the mean m"
            leaf (Weight.Gaussian(mean, reader.Positive "the deviation s"))
        | "plateau" -> leaf (plateau reader)
        | "constant" -> leaf (Weight.Constant(reader.Real "the constant"))
        | "window" -> leaf (Weight.Window(reader.Interval Int32.MinValue "the window"))
        | "beta" ->
            let a = reader.Positive "the exponent a"
            leaf (Weight.Beta(a, reader.Positive "the exponent b"))
        | "logitNormal" ->
            let mean = reader.Real "the mean m"
            leaf (Weight.LogitNormal(mean, reader.Positive "the deviation s"))
        | "p2" -> leaf (p2 reader)
        | "table" -> leaf (Weight.Table(reader.Row "a weight" (fun () -> reader.Real "a weight")))
        | "min" -> both Weight.Minimum
        | "max" -> both Weight.Maximum
        | "truncate" ->
            let low, high = reader.Interval Int32.MinValue "the range"
            above (fun inner -> Weight.Truncate(low, high, inner))
        | "mirror" -> above Weight.Mirror
        | _ -> ValueNone
