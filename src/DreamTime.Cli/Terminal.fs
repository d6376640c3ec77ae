namespace DreamTime.Cli

open System.IO
open System.Threading

/// Where a command writes and how it learns that it should stop. Tests pass their own.
type Terminal = {
    /// Results.
    Out: TextWriter
    /// Progress, warnings and errors.
    Error: TextWriter
    /// Whether `Error` is a terminal that can redraw a line.
    IsLive: bool
    /// Runs work under a token that Ctrl-C cancels.
    Interruptible: (CancellationToken -> int) -> int
} with

    /// Something the user should know, on one line.
    member terminal.Note(text: string) =
        terminal.Error.WriteLine(Fault.oneLine text: string)

    member terminal.Warn(text: string) = terminal.Note $"warning: {text}"
