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
        | TokenKind.End -> "the end"
        | TokenKind.Unknown when
            token.Text.Length = 1 && (Char.IsControl token.Text[0] || Char.IsSurrogate token.Text[0])
            ->
            $"the character U+{int token.Text[0]:X4}"
        | _ -> $"'{Excerpt.ofText token.Text}'"

    let failAt (token: Token) expected : 'a =
        raise (
            ParseFailure {
                Line = token.Line
                Column = token.Column
                Found = show token
                Expected = expected
                Suggestion =
                    if token.Kind = TokenKind.Word then
                        Spelling.suggest Vocabulary.words token.Text
                    else
                        null
            }
        )

/// Reads words in order, and the arguments that stand behind them. `meaning` says in a refusal what was to be read.
type internal TokenReader(tokens: Token[]) =
    let mutable position = 0
    let mutable nesting = 0

    member _.Peek = tokens[position]

    member reader.Next() =
        let token = reader.Peek

        if token.Kind <> TokenKind.End then
            position <- position + 1

        token

    member reader.Sees symbol =
        reader.Peek.Kind = TokenKind.Symbol && reader.Peek.Text = symbol

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
        | TokenKind.Number value when condition value -> value
        | TokenKind.Number _ -> TokenReader.failAt token $"{meaning}, {requirement}"
        | TokenKind.Unknown when Char.IsAsciiDigit token.Text[0] || token.Text.Length > 1 ->
            TokenReader.failAt token $"{meaning}, a finite number"
        | TokenKind.Symbol when token.Text = "," ->
            TokenReader.failAt token $"{meaning}, a number (numbers use a point)"
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

    /// `low high`, whole numbers, not empty.
    member reader.Interval least meaning =
        let low = reader.Whole least $"the lower end of {meaning}"
        let token = reader.Peek
        let high = reader.Whole least $"the upper end of {meaning}"

        if high < low then
            TokenReader.failAt token $"the upper end of {meaning}, not below {low}"

        low, high

    /// A value along a run: a timestep is 1 or above.
    member reader.Value kind meaning =
        match kind with
        | Kind.Timesteps -> reader.Number meaning (fun t -> t >= 1.0) "a timestep, 1 or above"
        | Kind.Numbers -> reader.Real meaning

    /// A share of the run, or `step` and a count.
    member private reader.Position() =
        let token = reader.Peek

        if token.Kind = TokenKind.Word && token.Text = "step" then
            reader.Next() |> ignore
            Position.Step(reader.Whole 0 "the step")
        else
            Position.Share(
                reader.Number "the progress u" (fun u -> u >= 0.0 && u <= 1.0) "in 0..1, or 'step' and a step"
            )

    /// A position after the one before, which counts the same thing, or is the start.
    member private reader.PositionAfter before =
        let token = reader.Peek
        let position = reader.Position()

        match before, position with
        | ValueSome(Position.Share u), Position.Share v when v <= u ->
            TokenReader.failAt token $"a progress u above the one before, {Number.show u}"
        | ValueSome(Position.Step i), Position.Step k when k <= i ->
            TokenReader.failAt token $"a step after the one before, {i}"
        | ValueSome(Position.Share u), Position.Step k when u <> 0.0 || k = 0 ->
            TokenReader.failAt token "a progress u, as the positions before; a row counts either shares or steps"
        | ValueSome(Position.Step _), Position.Share _ ->
            TokenReader.failAt token "'step' and a step, as the positions before; a row counts either shares or steps"
        | _ -> position

    /// `[one, …]`, not empty.
    member reader.Row meaning (readOne: unit -> 'a) : 'a list =
        reader.Expect "[" $"'[' and {meaning}"
        let rows = ResizeArray [ readOne () ]

        while reader.Takes "," do
            rows.Add(readOne ())

        reader.Expect "]" "',' or ']'"
        List.ofSeq rows

    /// `[(position, value), …]`, rising.
    member reader.Steps meaning (readValue: unit -> 'a) : (Position * 'a) list =
        let mutable before = ValueNone

        reader.Row meaning (fun () ->
            let opening = reader.Peek
            reader.Expect "(" $"'(' and {meaning}"
            let position = reader.PositionAfter before
            before <- ValueSome position
            reader.Expect "," "','"
            let value = reader.Nest opening readValue
            reader.Expect ")" "')'"
            position, value)
