namespace DreamTime.Schedules

open System

/// Where and why a text is not of the language.
[<NoComparison>]
type ParseError = {
    /// The line of the offending word, from 1.
    Line: int
    /// The column of its first character, from 1.
    Column: int
    /// What stands there, quoted, or "the end".
    Found: string
    /// What would have been right.
    Expected: string
    /// The word that was probably meant, or null.
    Suggestion: string | null
} with

    /// One line: place, found, expected, suggestion.
    override error.ToString() =
        let suggestion =
            match error.Suggestion with
            | null -> ""
            | word -> $"; did you mean '{word}'?"

        $"line {error.Line}, column {error.Column}: found {error.Found}, expected {error.Expected}{suggestion}"

/// A schedule text that cannot be read.
[<Sealed>]
type ScheduleParseException(error: ParseError) =
    inherit FormatException($"The schedule text cannot be read: {error}")

    /// The line of the offending word, from 1.
    member _.Line = error.Line

    /// The column of its first character, from 1.
    member _.Column = error.Column

    /// What stands there, quoted, or "the end".
    member _.Found = error.Found

    /// What would have been right.
    member _.Expected = error.Expected

    /// The word that was probably meant, or null.
    member _.Suggestion: string | null = error.Suggestion

/// An expression that can be read but is no schedule on the given noise.
[<Sealed>]
type ScheduleException(message: string, timestep: Nullable<int>) =
    inherit ArgumentException(message)

    /// The paper's timestep at fault, where there is one.
    member _.Timestep: Nullable<int> = timestep
