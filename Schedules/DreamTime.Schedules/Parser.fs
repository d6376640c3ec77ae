namespace DreamTime.Schedules

open System

/// The one grammar of weights and schedules, by recursive descent. Total: every text gives a value or a `ParseError`.
///
///     sum     = product { "+" product }
///     product = power { "*" power | "/" NUMBER }
///     power   = atom [ "^" NUMBER ]
///     atom    = WORD arguments | PRESET | "(" sum ")"
module internal Parser =

    /// Longest text, in characters.
    let longest = 100_000

    /// Most operators above a word in the tree, so that walking a tree cannot exhaust a small stack, even before the JIT optimises.
    let deepestTree = 250

    /// An expression is a weight or a schedule; only weights take operators.
    type private Value =
        | IsWeight of Weight
        | IsSchedule of ScheduleTerm

    let private excerpt (term: ScheduleTerm) = Excerpt.ofText (string term)

    let rec private parseSum (reader: TokenReader) : struct (Value * int) =
        let mutable struct (value, depth) = parseProduct reader

        while reader.Sees "+" do
            let operator = reader.Next()
            let left = weightBeside operator value
            let struct (right, rightDepth) = parseProduct reader
            value <- IsWeight(Sum(left, weightBeside operator right))
            depth <- deeper operator (max depth rightDepth)

        struct (value, depth)

    and private parseProduct (reader: TokenReader) =
        let mutable struct (value, depth) = parsePower reader

        while reader.Sees "*" || reader.Sees "/" do
            let operator = reader.Next()
            let left = weightBeside operator value

            if operator.Text = "*" then
                let struct (right, rightDepth) = parsePower reader
                value <- IsWeight(Product(left, weightBeside operator right))
                depth <- deeper operator (max depth rightDepth)
            else
                let divisor =
                    reader.Number "a divisor (to divide by a weight, multiply by its ^ -1)" ((<>) 0.0) "not 0"

                value <- IsWeight(Quotient(left, divisor))
                depth <- deeper operator depth

        struct (value, depth)

    and private parsePower (reader: TokenReader) =
        let struct (value, depth) = parseAtom reader

        if reader.Sees "^" then
            let operator = reader.Next()
            let weight = weightBeside operator value
            let exponent = reader.Real "an exponent"

            if reader.Sees "^" then
                TokenReader.failAt reader.Peek "parentheses around the first power"

            struct (IsWeight(Weight.Power(weight, exponent)), deeper operator depth)
        else
            struct (value, depth)

    and private parseAtom (reader: TokenReader) =
        let token = reader.Next()

        match token.Kind with
        | Word -> parseWord reader token
        | Symbol when token.Text = "(" ->
            let value = reader.Nest token (fun () -> parseSum reader)
            reader.Expect ")" "an operator or ')'"
            value
        | Number _ ->
            TokenReader.failAt token $"a weight or a schedule; a number as a weight is written 'constant {token.Text}'"
        | _ -> TokenReader.failAt token "a weight or a schedule, such as 'snr * gaussian 500 125'"

    and private parseWord (reader: TokenReader) token =
        let leaf value = struct (value, 1)
        let weight = IsWeight >> leaf
        let schedule = IsSchedule >> leaf

        match token.Text with
        | "snr" -> weight Snr
        | "gaussian" ->
            let mean = reader.Real "the mean m"
            weight (Gaussian(mean, reader.Positive "the deviation s"))
        | "plateau" ->
            let upper = reader.Real "the upper end m1"

            let lower =
                reader.Number "the lower end m2" (fun lower -> lower <= upper) $"not above m1, {Number.show upper}"

            let upperDeviation = reader.Positive "the upper deviation s1"
            weight (Plateau(upper, lower, upperDeviation, reader.Positive "the lower deviation s2"))
        | "constant" -> weight (Constant(reader.Real "the constant"))
        | "window" -> weight (Window(reader.Interval Int32.MinValue "the window"))
        | "min" -> parsePair reader token Minimum
        | "max" -> parsePair reader token Maximum
        | "truncate" ->
            let low, high = reader.Interval Int32.MinValue "the range"
            let struct (inner, depth) = parseWeightArgument reader token
            struct (IsWeight(Truncate(low, high, inner)), deeper token depth)
        | "mirror" ->
            let struct (inner, depth) = parseWeightArgument reader token
            struct (IsWeight(Mirror inner), deeper token depth)
        | "descend" ->
            let struct (inner, depth) = parseWeightArgument reader token
            struct (IsSchedule(ScheduleTerm.Descend inner), deeper token depth)
        | "at" -> schedule (ScheduleTerm.At(reader.Timestep "the timestep"))
        | "line" ->
            let first = reader.Timestep "the first timestep"
            schedule (ScheduleTerm.Line(first, reader.Timestep "the last timestep"))
        | "power" ->
            let first = reader.Timestep "the first timestep"
            let last = reader.Timestep "the last timestep"
            schedule (ScheduleTerm.Power(first, last, reader.Positive "the exponent p"))
        | "points" ->
            schedule (ScheduleTerm.Points(reader.Steps "a point (u, t)" (fun () -> reader.Timestep "a timestep")))
        | "uniform" -> schedule (ScheduleTerm.Uniform(reader.Interval 1 "the range"))
        | "clamp" ->
            let low, high = reader.Interval Int32.MinValue "the range"
            let struct (inner, depth) = parseScheduleArgument reader
            struct (IsSchedule(ScheduleTerm.Clamp(low, high, inner)), deeper token depth)
        | "stages" -> parseStages reader token
        | "perSample" ->
            let struct (inner, depth) = parseScheduleArgument reader
            struct (IsSchedule(ScheduleTerm.PerSample inner), deeper token depth)
        | name ->
            match PresetTable.tryText name with
            | None -> TokenReader.failAt token "a weight, a schedule or the name of a preset"
            | Some text -> parseSum (TokenReader(Token.cut text))

    and private parsePair (reader: TokenReader) token combine =
        let struct (left, leftDepth) = parseWeightArgument reader token
        let struct (right, rightDepth) = parseWeightArgument reader token
        struct (IsWeight(combine (left, right)), deeper token (max leftDepth rightDepth))

    and private parseStages (reader: TokenReader) token =
        let mutable depth = 0
        let first = reader.Peek

        let stages =
            reader.Steps "a stage (u, schedule)" (fun () ->
                let struct (value, stageDepth) = parseSum reader
                depth <- max depth stageDepth
                asSchedule value)

        if fst stages.Head <> 0.0 then
            TokenReader.failAt first "a first stage that begins at u = 0"

        if fst (List.last stages) = 1.0 then
            TokenReader.failAt first "a last stage that begins before u = 1"

        struct (IsSchedule(ScheduleTerm.Stages stages), deeper token depth)

    /// An argument stands in parentheses, or is one word that needs nothing more.
    and private parseArgument (reader: TokenReader) expected =
        let token = reader.Peek

        if
            reader.Sees "("
            || token.Text = "snr"
            || (token.Kind = Word && List.contains token.Text PresetTable.names)
        then
            parseAtom reader
        else
            TokenReader.failAt token expected

    and private parseWeightArgument (reader: TokenReader) word =
        let token = reader.Peek

        match parseArgument reader $"a weight in parentheses after '{word.Text}'" with
        | struct (IsWeight weight, depth) -> struct (weight, depth)
        | struct (IsSchedule schedule, _) ->
            TokenReader.failAt
                token
                $"a weight after '{word.Text}'; '{excerpt schedule}' is a schedule{scheduleAdvice word.Text}"

    and private parseScheduleArgument (reader: TokenReader) =
        let struct (value, depth) = parseArgument reader "a schedule in parentheses"
        struct (asSchedule value, depth)

    and private asSchedule value =
        match value with
        | IsWeight weight -> ScheduleTerm.Descend weight
        | IsSchedule schedule -> schedule

    and private scheduleAdvice word =
        if word = "truncate" then ", which 'clamp' limits" else ""

    and private weightBeside operator value =
        match value with
        | IsWeight weight -> weight
        | IsSchedule schedule ->
            TokenReader.failAt
                operator
                $"no operator beside the schedule '{excerpt schedule}'; only weights are combined by operators"

    and private deeper token depth =
        if depth >= deepestTree then
            TokenReader.failAt token $"an expression at most {deepestTree} operators deep"

        depth + 1

    let private parseAll (text: string) (convert: Token -> Value -> 'a) : Result<'a, ParseError> =
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
                let struct (value, _) = parseSum reader

                if reader.Peek.Kind <> End then
                    TokenReader.failAt reader.Peek "an operator or the end"

                Ok(convert first value)
            with ParseFailure error ->
                Error error

    let schedule (text: string) : Result<ScheduleTerm, ParseError> =
        parseAll text (fun _ value -> asSchedule value)

    let weight (text: string) : Result<Weight, ParseError> =
        parseAll text (fun first value ->
            match value with
            | IsWeight weight -> weight
            | IsSchedule schedule -> TokenReader.failAt first $"a weight; '{excerpt schedule}' is a schedule")
