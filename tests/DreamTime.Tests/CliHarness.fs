/// Runs the command line in this process.
module DreamTime.Tests.CliHarness

open System
open System.IO
open System.Threading
open Expecto
open DreamTime.Cli

type Outcome = {
    Code: int
    Out: string
    Error: string
} with

    member outcome.Lines = outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)

/// Runs `dreamtime` with these arguments under a token that `cancel` may cancel.
let runUntil (cancel: CancellationToken) (arguments: string list) =
    use out = new StringWriter(NewLine = "\n")
    use error = new StringWriter(NewLine = "\n")

    let terminal = {
        Out = out
        Error = error
        IsLive = false
        Interruptible = fun work -> work cancel
    }

    let code = Program.run terminal (Array.ofList arguments)

    { Code = code; Out = string out; Error = string error }

let run = runUntil CancellationToken.None

let succeeds (arguments: string list) =
    let outcome = run arguments
    Expect.equal outcome.Code 0 $"%A{arguments} succeeds, but said: {outcome.Error}"
    outcome

/// The one line on stderr with which the command ends, after its exit code and an empty stdout were checked.
let failsWith (code: int) (arguments: string list) =
    let outcome = run arguments
    Expect.equal outcome.Code code $"exit code of %A{arguments}, which said: {outcome.Error}"
    Expect.equal outcome.Out "" "nothing on stdout"
    let line = outcome.Error.TrimEnd '\n'
    Expect.isFalse (line.Contains '\n') $"one line, not: {line}"
    Expect.stringStarts line "error: " "the line says that it is an error"
    line

let isWrong = failsWith 2

/// A new empty folder, deleted afterwards.
let inFolder (body: string -> 'a) =
    let folder = Directory.CreateTempSubdirectory("dreamtime-").FullName

    try
        body folder
    finally
        Directory.Delete(folder, recursive = true)
