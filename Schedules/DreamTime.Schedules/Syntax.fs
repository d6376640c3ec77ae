namespace DreamTime.Schedules

/// What a text can mean. Only weights take operators.
type internal Value =
    | IsWeight of Weight
    | IsSchedule of ScheduleTerm

/// What was read, with the operators and words above its deepest word.
[<Struct>]
type internal Read<'a> = { Value: 'a; Depth: int }

/// How the readers of words read the arguments that are expressions again. `word` is named in refusals.
type internal Arguments = {
    Weight: TokenReader -> Token -> Read<Weight>
    Schedule: Kind -> TokenReader -> Token -> Read<ScheduleTerm>
    /// Within a row, without parentheses.
    Item: Kind -> TokenReader -> Token -> Read<ScheduleTerm>
}

module internal Read =

    let leaf value = { Value = value; Depth = 1 }

    let private deeper (token: Token) depth =
        if depth >= Depth.most then
            TokenReader.failAt token $"an expression at most {Depth.most} operators deep"

        depth + 1

    /// One word or operator above one expression.
    let above (token: Token) (make: 'a -> 'b) (inner: Read<'a>) =
        let depth = deeper token inner.Depth
        { Value = make inner.Value; Depth = depth }

    /// One word or operator above two.
    let aboveBoth (token: Token) (make: 'a * 'b -> 'c) (left: Read<'a>) (right: Read<'b>) =
        let depth = deeper token (max left.Depth right.Depth)
        { Value = make (left.Value, right.Value); Depth = depth }
