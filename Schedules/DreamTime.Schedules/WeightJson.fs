namespace DreamTime.Schedules

open System.Text.Json

/// Weights as JSON: an object with its `word` and the word's arguments by name.
module internal WeightJson =

    let rec write (json: Utf8JsonWriter) (weight: Weight) =
        let word (name: string) =
            json.WriteStartObject()
            json.WriteString("word", name)

        let number (key: string) (value: float) = json.WriteNumber(key, value)
        let whole (key: string) (value: int) = json.WriteNumber(key, value)

        let inner (key: string) weight =
            json.WritePropertyName key
            write json weight

        let both name left right =
            word name
            inner "left" left
            inner "right" right

        match weight with
        | Weight.Snr -> word "snr"
        | Weight.Gaussian(mean, deviation) ->
            word "gaussian"
            number "m" mean
            number "s" deviation
        | Weight.Plateau(m1, m2, s1, s2) ->
            word "plateau"
            number "m1" m1
            number "m2" m2
            number "s1" s1
            number "s2" s2
        | Weight.Constant value ->
            word "constant"
            number "c" value
        | Weight.Window(low, high) ->
            word "window"
            whole "low" low
            whole "high" high
        | Weight.Beta(a, b) ->
            word "beta"
            number "a" a
            number "b" b
        | Weight.LogitNormal(mean, deviation) ->
            word "logitNormal"
            number "m" mean
            number "s" deviation
        | Weight.P2(k, gamma) ->
            word "p2"
            number "k" k
            number "gamma" gamma
        | Weight.Table values ->
            word "table"
            json.WriteStartArray "values"
            values |> List.iter json.WriteNumberValue
            json.WriteEndArray()
        | Weight.Product(left, right) -> both "product" left right
        | Weight.Sum(left, right) -> both "sum" left right
        | Weight.Minimum(left, right) -> both "min" left right
        | Weight.Maximum(left, right) -> both "max" left right
        | Weight.Quotient(weight, divisor) ->
            word "quotient"
            inner "weight" weight
            number "divisor" divisor
        | Weight.Power(weight, exponent) ->
            word "power"
            inner "weight" weight
            number "exponent" exponent
        | Weight.Truncate(low, high, weight) ->
            word "truncate"
            whole "low" low
            whole "high" high
            inner "weight" weight
        | Weight.Mirror weight ->
            word "mirror"
            inner "weight" weight

        json.WriteEndObject()

    let private words = [
        "snr"
        "gaussian"
        "plateau"
        "constant"
        "window"
        "beta"
        "logitNormal"
        "p2"
        "table"
        "product"
        "sum"
        "min"
        "max"
        "quotient"
        "power"
        "truncate"
        "mirror"
    ]

    let refuse (path: string) (known: string list) (word: string) : 'a =
        let suggestion =
            match Spelling.suggest known word with
            | null -> ""
            | near -> $" Did you mean '{near}'?"

        JsonReading.fail $"{path}.word" $"'{Excerpt.ofText word}' is no word that may stand here.{suggestion}"

    let private values (fields: JsonFields) key = [
        for path, item in fields.Items key do
            JsonReading.number path item
    ]

    let rec read (depth: int) (path: string) (element: JsonElement) : Weight =
        if depth > Depth.most then
            JsonReading.fail path $"an expression is at most {Depth.most} operators deep."

        let fields = JsonFields(path, element)
        let word = fields.Text "word"

        let inner key =
            read (depth + 1) (fields.PathOf key) (fields.Take key)

        let weight () = inner "weight"
        let both make = make (inner "left") (inner "right")

        let interval make =
            let low = fields.Whole "low"
            make low (fields.Whole "high")

        let pair first second make =
            let first = fields.Number first
            make first (fields.Number second)

        let value =
            JsonReading.checkedAt path (fun () ->
                match word with
                | "snr" -> Weight.snr
                | "gaussian" -> pair "m" "s" Weight.gaussian
                | "plateau" -> pair "m1" "m2" (fun m1 m2 -> pair "s1" "s2" (Weight.plateau m1 m2))
                | "constant" -> Weight.constant (fields.Number "c")
                | "window" -> interval Weight.window
                | "beta" -> pair "a" "b" Weight.beta
                | "logitNormal" -> pair "m" "s" Weight.logitNormal
                | "p2" -> pair "k" "gamma" Weight.p2
                | "table" -> Weight.table (values fields "values")
                | "product" -> both Weight.product
                | "sum" -> both Weight.sum
                | "min" -> both Weight.minimum
                | "max" -> both Weight.maximum
                | "quotient" -> Weight.quotient (fields.Number "divisor") (weight ())
                | "power" -> Weight.power (fields.Number "exponent") (weight ())
                | "truncate" -> interval (fun low high -> Weight.truncate low high (weight ()))
                | "mirror" -> Weight.mirror (weight ())
                | word -> refuse path words word)

        fields.End()
        value
