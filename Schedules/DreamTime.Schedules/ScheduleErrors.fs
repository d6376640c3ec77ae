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

/// Why an expression is no schedule on a noise.
type CompileFault =
    /// The expression asks for what the noise has not: timesteps outside `1..T`, or a `table` of another length.
    | DoesNotFit = 0
    /// A weight is below 0 at the timestep.
    | NegativeWeight = 1
    /// A weight is infinite or undefined at the timestep.
    | InfiniteWeight = 2
    /// A weight is 0 everywhere.
    | NoMass = 3

/// Why, and where, an expression that can be read is no schedule on the given noise.
[<NoComparison>]
type CompileError = {
    /// What kind of fault it is.
    Fault: CompileFault
    /// The paper's timestep at fault, the first of several; null where it is none.
    Timestep: Nullable<int>
    /// One line: what is wrong, where, and what would be right.
    Message: string
} with

    /// The message.
    override error.ToString() = error.Message

/// A JSON form that cannot be read.
[<Sealed>]
type ScheduleJsonException(path: string, message: string) =
    inherit FormatException($"The JSON form of the schedule cannot be read, at {path}: {message}")

    /// Where, from the root `$`: `$.schedule.stages[1].u`.
    member _.Path = path

/// A schedule of another program's form that cannot be read, or one of ours that such a form cannot say.
[<Sealed>]
type ScheduleConversionException(message: string) =
    inherit FormatException(message)

/// An expression that can be read but is no schedule on the given noise.
[<Sealed>]
type ScheduleException(error: CompileError) =
    inherit ArgumentException(error.Message)

    /// An expression that does not fit the noise.
    new(message: string, timestep: Nullable<int>) =
        ScheduleException { Fault = CompileFault.DoesNotFit; Timestep = timestep; Message = message }

    /// The fault as data.
    member _.Error = error

    /// The paper's timestep at fault, where there is one.
    member _.Timestep: Nullable<int> = error.Timestep
