namespace DreamTime.Schedules

open System

/// Ends a parse; never leaves the parser.
exception internal ParseFailure of ParseError

/// Refusals, and how deep a text may nest.
module internal TokenReader =

    /// Most parentheses and brackets around a word.
    let deepestNesting = 100

    let private show (token: Token) =
        match token.Kind with
        | End -> "the end"
        | Unknown when token.Text.Length = 1 && (Char.IsControl token.Text[0] || Char.IsSurrogate token.Text[0]) ->
            $"the character U+{int token.Text[0]:X4}"
        | _ -> $"'{Excerpt.ofText token.Text}'"

    let failAt (token: Token) expected : 'a =
        raise (
            ParseFailure {
                Line = token.Line
                Column = token.Column
                Found = show token
                Expected = expected
                Suggestion = if token.Kind = Word then Spelling.suggest Vocabulary.words token.Text else null
            }
        )

/// Reads words in order, and the arguments that stand behind them. `meaning` says in a refusal what was to be read.
type internal TokenReader(tokens: Token[]) =
    let mutable position = 0
    let mutable nesting = 0

    member _.Peek = tokens[position]

    member reader.Next() =
        let token = reader.Peek

        if token.Kind <> End then
            position <- position + 1

        token

    member reader.Sees symbol =
        reader.Peek.Kind = Symbol && reader.Peek.Text = symbol

    member reader.Takes symbol =
        let sees = reader.Sees symbol

        if sees then
            position <- position + 1

        sees

    member reader.Expect (symbol: string) expected =
        if not (reader.Takes symbol) then
            TokenReader.failAt reader.Peek expected

    member _.Nest (token: Token) read =
        nesting <- nesting + 1

        if nesting > TokenReader.deepestNesting then
            TokenReader.failAt token $"at most {TokenReader.deepestNesting} nested parentheses"

        let value = read ()
        nesting <- nesting - 1
        value

    member reader.Number meaning condition requirement =
        let token = reader.Next()

        match token.Kind with
        | Number value when condition value -> value
        | Number _ -> TokenReader.failAt token $"{meaning}, {requirement}"
        | Unknown when Char.IsAsciiDigit token.Text[0] || token.Text.Length > 1 ->
            TokenReader.failAt token $"{meaning}, a finite number"
        | Symbol when token.Text = "," -> TokenReader.failAt token $"{meaning}, a number (numbers use a point)"
        | _ -> TokenReader.failAt token $"{meaning}, a number"

    member reader.Real meaning =
        reader.Number meaning (fun _ -> true) ""

    member reader.Positive meaning =
        reader.Number meaning (fun value -> value > 0.0) "above 0"

    member reader.Whole (least: int) meaning =
        let isWhole (value: float) =
            value = floor value && value >= float least && value <= float Int32.MaxValue

        let requirement =
            if least > Int32.MinValue then
                $"a whole number from {least}"
            else
                "a whole number"

        int (reader.Number meaning isWhole requirement)

    /// `low high`, not empty.
    member reader.Interval least meaning =
        let low = reader.Whole least $"the lower end of {meaning}"
        let token = reader.Peek
        let high = reader.Whole least $"the upper end of {meaning}"

        if high < low then
            TokenReader.failAt token $"the upper end of {meaning}, not below {low}"

        low, high

    member reader.Timestep meaning = reader.Whole 1 meaning

    /// `[(u, value), …]` with `u` in 0..1, rising.
    member reader.Steps meaning (readValue: unit -> 'a) : (float * 'a) list =
        reader.Expect "[" $"'[' and {meaning}"

        let rec pairs (previous: float) collected =
            let opening = reader.Peek
            reader.Expect "(" $"'(' and {meaning}"
            let token = reader.Peek
            let u = reader.Number "the progress u" (fun u -> u >= 0.0 && u <= 1.0) "in 0..1"

            if u <= previous then
                TokenReader.failAt token $"a progress u above the one before, {Number.show previous}"

            reader.Expect "," "','"
            let value = reader.Nest opening readValue
            reader.Expect ")" "')'"
            let collected = (u, value) :: collected
            if reader.Takes "," then pairs u collected else List.rev collected

        let all = pairs -1.0 []
        reader.Expect "]" "',' or ']'"
        all
