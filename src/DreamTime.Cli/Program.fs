module DreamTime.Cli.Program

open System
open System.IO
open System.Text
open Argu
open DreamTime.Cli.CommandLine
open DreamTime.Cli.Commands

let private version () =
    match Reflection.Assembly.GetExecutingAssembly().GetName().Version with
    | null -> "dreamtime"
    | version -> $"dreamtime {version.ToString 3}"

let private command (terminal: Terminal) (arguments: ParseResults<Arguments>) =
    match arguments.TryGetSubCommand() with
    | Some(Schedule arguments) -> Schedule.run terminal arguments
    | Some(Generate arguments) -> Generate.run terminal arguments
    | Some(Reconstruct arguments) -> Reconstruct.run terminal arguments
    | Some(Sample arguments) -> Sample.run terminal arguments
    | Some(Prior arguments) -> Prior.run terminal arguments
    | Some Doctor -> Doctor.run terminal
    | None when arguments.Contains Arguments.Version ->
        terminal.Out.WriteLine(version ())
        0
    | _ ->
        terminal.Out.Write(CommandLine.usage ())
        0

/// The last words of a command. Where even stderr is closed, there is nobody left to tell, and the exit code speaks alone.
let private report (terminal: Terminal) (verbose: bool) (fault: Fault) (error: exn) =
    try
        terminal.Note $"error: {Fault.message fault}"

        if verbose then
            terminal.Error.WriteLine(string error)

        terminal.Error.Flush()
    with
    | :? IOException
    | :? UnauthorizedAccessException -> ()

/// Runs one command line and returns its exit code; everything that goes wrong ends here as one line.
let run (terminal: Terminal) (arguments: string[]) : int =
    try
        try
            match CommandLine.parse arguments with
            | Help usage ->
                terminal.Out.Write usage
                0
            | Run results -> command terminal results
        finally
            terminal.Out.Flush()
    with error ->
        let fault =
            match error with
            | :? ArguParseException as error -> CommandLine.fault error
            | _ -> Fault.ofException error

        report terminal (Array.contains "--verbose" arguments) fault error
        Fault.exitCode fault

[<EntryPoint>]
let main arguments =
    let utf8 = UTF8Encoding(encoderShouldEmitUTF8Identifier = false)
    // Not disposed: `run` has flushed them, and what could not be written then would fail again.
    let out = new StreamWriter(Console.OpenStandardOutput(), utf8, NewLine = "\n")

    let error =
        new StreamWriter(Console.OpenStandardError(), utf8, AutoFlush = true, NewLine = "\n")

    let live =
        not Console.IsErrorRedirected && Environment.GetEnvironmentVariable "TERM" <> "dumb"

    run
        {
            Out = out
            Error = error
            IsLive = live
            Interruptible = Interrupts.guard error live
        }
        arguments
