namespace DreamTime.Cli

open System
open System.IO
open DreamTime.Renderers.Cuda
open DreamTime.Schedules

/// Why a command ends without its result; the case decides the exit code.
type Fault =
    /// What was asked can never work: known from the words of the command line alone. Exit code 2.
    | WrongRequest of message: string
    /// The request was fine, the world was not: files, weights, disk, device. Exit code 1.
    | WorldFailed of message: string
    /// The user stopped it. Exit code 130.
    | Cancelled of message: string

/// A fault on its way to the one place that reports it.
exception FaultException of Fault

module Fault =
    let wrong message =
        raise (FaultException(WrongRequest message))

    let world message =
        raise (FaultException(WorldFailed message))

    /// The value, or the end of the command with exit code 2.
    let orWrong (result: Result<'a, string>) =
        match result with
        | Ok value -> value
        | Error message -> wrong message

    let exitCode =
        function
        | WorldFailed _ -> 1
        | WrongRequest _ -> 2
        | Cancelled _ -> 130

    let message =
        function
        | WorldFailed text
        | WrongRequest text
        | Cancelled text -> text

    /// Text as one visible line: line breaks become blanks, or semicolons where no sentence ends; other control characters
    /// become their codes, so that no input can steer the terminal.
    let oneLine (text: string) =
        let lines =
            text.Split([| '\r'; '\n' |], StringSplitOptions.RemoveEmptyEntries ||| StringSplitOptions.TrimEntries)

        let join (left: string) (right: string) =
            if Char.IsPunctuation left[left.Length - 1] then
                $"{left} {right}"
            else
                $"{left}; {right}"

        let show (character: char) =
            if Char.IsControl character then $"\\u{int character:x4}" else string character

        if lines.Length = 0 then
            ""
        else
            lines |> Array.reduce join |> String.collect show

    /// A user's text inside a message: quoted, on one line, not longer than a line.
    let quote (text: string) =
        let line = oneLine text
        if line.Length > 60 then $"'{line.Substring(0, 59)}…'" else $"'{line}'"

    /// What an exception from the libraries means to the user.
    let rec ofException (error: exn) =
        match error with
        | FaultException fault -> fault
        | :? ScheduleParseException
        | :? ScheduleJsonException
        | :? ScheduleConversionException
        | :? ScheduleException -> WrongRequest error.Message
        | :? OperationCanceledException -> Cancelled "stopped"
        | :? AggregateException as many when many.InnerExceptions.Count = 1 -> ofException many.InnerExceptions[0]
        | :? TypeInitializationException ->
            match error.InnerException with
            | null -> WorldFailed error.Message
            | inner -> ofException inner
        // What the code calls an argument says nothing to who types commands.
        | :? ArgumentException as wrong when not (isNull wrong.ParamName) ->
            WorldFailed(wrong.Message.Replace($" (Parameter '{wrong.ParamName}')", ""))
        | :? OutOfMemoryException -> WorldFailed $"not enough memory: {error.Message}"
        | :? IOException
        | :? UnauthorizedAccessException
        | :? InvalidDataException
        | :? FormatException
        | :? Text.Json.JsonException
        | :? DllNotFoundException
        | :? CudaException
        | :? NotSupportedException
        | :? InvalidOperationException
        | :? ArgumentException -> WorldFailed error.Message
        | _ -> WorldFailed $"unexpected {error.GetType().Name}: {error.Message} (--verbose shows where it came from)"
