namespace DreamTime.Schedules

open System

/// A word of the language with its place.
[<Struct>]
type internal Token = { Kind: TokenKind; Text: string; Line: int; Column: int }

/// What a word of the language can be.
and [<Struct; RequireQualifiedAccess>] internal TokenKind =
    | Word
    | Number of value: float
    | Symbol
    | Unknown
    | End

/// Cuts a text into words. Every text can be cut; what is not of the language becomes `Unknown` and fails in the parser.
module internal Token =

    let private isLetter c = Char.IsAsciiLetter c
    let private isDigit c = Char.IsAsciiDigit c

    /// End of the run of characters that satisfy the condition.
    let rec private skip condition (text: string) position =
        if position < text.Length && condition text[position] then
            skip condition text (position + 1)
        else
            position

    let private startsNumber (text: string) position =
        let isDigitAt p = p < text.Length && isDigit text[p]
        let unsigned = if text[position] = '-' then position + 1 else position
        isDigitAt unsigned || (unsigned < text.Length && text[unsigned] = '.' && isDigitAt (unsigned + 1))

    /// `-`? digits (`.` digits)? (`e` sign? digits)?
    let private endOfNumber (text: string) position =
        let whole = skip isDigit text (position + 1)

        let fraction =
            if whole < text.Length && text[whole] = '.' then
                skip isDigit text (whole + 1)
            else
                whole

        if fraction < text.Length && Char.ToLowerInvariant text[fraction] = 'e' then
            let sign = skip (fun c -> c = '+' || c = '-') text (fraction + 1)
            let digits = skip isDigit text sign
            if sign <= fraction + 2 && digits > sign then digits else fraction
        else
            fraction

    let private kindAndEnd (text: string) position =
        let c = text[position]

        if isLetter c then
            TokenKind.Word, skip (fun c -> isLetter c || isDigit c || c = '-' || c = '_') text position
        elif startsNumber text position then
            let finish = endOfNumber text position

            match Number.tryRead (text.Substring(position, finish - position)) with
            | Some value -> TokenKind.Number(value + 0.0), finish
            | None -> TokenKind.Unknown, finish
        elif "()[],*/+^".Contains c then
            TokenKind.Symbol, position + 1
        elif Char.IsHighSurrogate c && position + 1 < text.Length then
            TokenKind.Unknown, position + 2
        else
            TokenKind.Unknown, position + 1

    let cut (text: string) : Token[] =
        let tokens = ResizeArray()
        let mutable position, line, lineStart = 0, 1, 0

        while position < text.Length do
            if text[position] = '\n' then
                line <- line + 1
                lineStart <- position + 1

            if Char.IsWhiteSpace text[position] then
                position <- position + 1
            else
                let kind, finish = kindAndEnd text position

                tokens.Add {
                    Kind = kind
                    Text = text.Substring(position, finish - position)
                    Line = line
                    Column = position - lineStart + 1
                }

                position <- finish

        tokens.Add {
            Kind = TokenKind.End
            Text = ""
            Line = line
            Column = text.Length - lineStart + 1
        }

        tokens.ToArray()
