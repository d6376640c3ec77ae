namespace DreamTime.Schedules

/// The one grammar of weights and schedules, by recursive descent. Total: every text gives a value or a `ParseError`.
///
///     sum     = product { "+" product }
///     product = power { "*" power | "/" NUMBER }
///     power   = atom [ "^" NUMBER ]
///     atom    = WORD arguments | PRESET | "(" sum ")"
///
/// Where a number along a run is wanted, the same words stand for numbers, and a NUMBER for one that stays the same.
module internal Parser =

    /// Longest text, in characters.
    let longest = 100_000

    let private excerpt (term: ScheduleTerm) = Excerpt.ofText (string term)

    let private asSchedule value =
        match value with
        | IsWeight weight -> ScheduleTerm.Descend weight
        | IsSchedule schedule -> schedule

    let private mapRead change (read: Read<'a>) = { Value = change read.Value; Depth = read.Depth }

    let private weightBeside operator value =
        match value with
        | IsWeight weight -> weight
        | IsSchedule schedule ->
            TokenReader.failAt
                operator
                $"no operator beside the schedule '{excerpt schedule}'; only weights are combined by operators"

    let private beside operator make (left: Read<Value>) (right: Read<Value>) =
        let left = mapRead (weightBeside operator) left
        let right = mapRead (weightBeside operator) right
        Read.aboveBoth operator (make >> IsWeight) left right

    let rec private parseSum kind (reader: TokenReader) : Read<Value> =
        let mutable value = parseProduct kind reader

        while kind = Kind.Timesteps && reader.Sees "+" do
            let operator = reader.Next()
            // A schedule is refused before what stands behind the operator is read.
            weightBeside operator value.Value |> ignore
            value <- beside operator Weight.Sum value (parseProduct kind reader)

        value

    and private parseProduct kind (reader: TokenReader) =
        let mutable value = parsePower kind reader

        while kind = Kind.Timesteps && (reader.Sees "*" || reader.Sees "/") do
            let operator = reader.Next()
            let left = mapRead (weightBeside operator) value

            if operator.Text = "*" then
                value <- beside operator Weight.Product value (parsePower kind reader)
            else
                let divisor =
                    reader.Number "a divisor (to divide by a weight, multiply by its ^ -1)" ((<>) 0.0) "not 0"

                value <- Read.above operator (fun weight -> IsWeight(Weight.Quotient(weight, divisor))) left

        value

    and private parsePower kind (reader: TokenReader) =
        let value = parseAtom kind reader

        if kind = Kind.Timesteps && reader.Sees "^" then
            let operator = reader.Next()
            let weight = mapRead (weightBeside operator) value
            let exponent = reader.Real "an exponent"

            if reader.Sees "^" then
                TokenReader.failAt reader.Peek "parentheses around the first power"

            Read.above operator (fun weight -> IsWeight(Weight.Power(weight, exponent))) weight
        else
            value

    and private parseAtom kind (reader: TokenReader) =
        let token = reader.Next()

        match token.Kind, kind with
        | TokenKind.Word, _ -> parseWord kind reader token
        | TokenKind.Symbol, _ when token.Text = "(" ->
            let value = reader.Nest token (fun () -> parseSum kind reader)
            reader.Expect ")" (if kind = Kind.Timesteps then "an operator or ')'" else "')'")
            value
        | TokenKind.Number value, Kind.Numbers -> Read.leaf (IsSchedule(ScheduleTerm.At value))
        | TokenKind.Number _, Kind.Timesteps ->
            TokenReader.failAt token $"a weight or a schedule; a number as a weight is written 'constant {token.Text}'"
        | _, Kind.Numbers -> TokenReader.failAt token "a number, or how it changes along the run, such as 'line 1 0.1'"
        | _, Kind.Timesteps -> TokenReader.failAt token "a weight or a schedule, such as 'snr * gaussian 500 125'"

    and private parseWord kind (reader: TokenReader) token : Read<Value> =
        match ScheduleSyntax.read (arguments ()) kind reader token with
        | ValueSome schedule -> mapRead IsSchedule schedule
        | ValueNone when kind = Kind.Numbers -> TokenReader.failAt token (refusalOfNumbers token)
        | ValueNone ->
            match WeightSyntax.read (arguments ()) reader token with
            | ValueSome weight -> mapRead IsWeight weight
            | ValueNone ->
                match PresetTable.tryText token.Text with
                | Some text -> parseSum kind (TokenReader(Token.cut text))
                | None -> TokenReader.failAt token "a weight, a schedule or the name of a preset"

    and private refusalOfNumbers (token: Token) =
        if List.contains token.Text Vocabulary.words then
            $"a number, or how it changes along the run; '{token.Text}' is about timesteps"
        else
            "a number, or how it changes along the run, such as 'line 1 0.1'"

    /// An argument stands in parentheses, or is one word or number that needs nothing more.
    and private parseArgument kind (reader: TokenReader) expected =
        let token = reader.Peek

        let needsNothing =
            match token.Kind with
            | TokenKind.Number _ -> kind = Kind.Numbers
            | TokenKind.Word -> token.Text = "snr" || List.contains token.Text PresetTable.names
            | _ -> false

        if reader.Sees "(" || needsNothing then
            parseAtom kind reader
        else
            TokenReader.failAt token expected

    and private parseWeightArgument (reader: TokenReader) (word: Token) =
        let token = reader.Peek

        parseArgument Kind.Timesteps reader $"a weight in parentheses after '{word.Text}'"
        |> mapRead (function
            | IsWeight weight -> weight
            | IsSchedule schedule ->
                let advice = if word.Text = "truncate" then ", which 'clamp' limits" else ""

                TokenReader.failAt token $"a weight after '{word.Text}'; '{excerpt schedule}' is a schedule{advice}")

    and private parseScheduleArgument kind (reader: TokenReader) (word: Token) =
        let what =
            match kind with
            | Kind.Timesteps -> "a schedule"
            | Kind.Numbers -> "a number or a schedule of numbers"

        parseArgument kind reader $"{what} in parentheses after '{word.Text}'" |> mapRead asSchedule

    and private arguments () : Arguments = {
        Weight = parseWeightArgument
        Schedule = parseScheduleArgument
        Item = fun kind reader _ -> parseSum kind reader |> mapRead asSchedule
    }

    let private parseAll kind (text: string) (convert: Token -> Value -> 'a) : Result<'a, ParseError> =
        if text.Length > longest then
            Error {
                Line = 1
                Column = 1
                Found = $"a text of {text.Length} characters"
                Expected = $"at most {longest}"
                Suggestion = null
            }
        else
            try
                let reader = TokenReader(Token.cut text)
                let first = reader.Peek
                let value = parseSum kind reader

                if reader.Peek.Kind <> TokenKind.End then
                    TokenReader.failAt
                        reader.Peek
                        (if kind = Kind.Timesteps then "an operator or the end" else "the end")

                Ok(convert first value.Value)
            with ParseFailure error ->
                Error error

    let schedule (text: string) : Result<ScheduleTerm, ParseError> =
        parseAll Kind.Timesteps text (fun _ value -> asSchedule value)

    let numbers (text: string) : Result<ScheduleTerm, ParseError> =
        parseAll Kind.Numbers text (fun _ value -> asSchedule value)

    let weight (text: string) : Result<Weight, ParseError> =
        parseAll Kind.Timesteps text (fun first value ->
            match value with
            | IsWeight weight -> weight
            | IsSchedule schedule -> TokenReader.failAt first $"a weight; '{excerpt schedule}' is a schedule")
