module DreamTime.Cli.Program

open System
open System.IO
open System.Text
open Argu
open DreamTime.Cli.CommandLine
open DreamTime.Cli.Commands

let private version () =
    let assembly = Reflection.Assembly.GetExecutingAssembly()
    $"dreamtime {assembly.GetName().Version}"

let private command (terminal: Terminal) (arguments: ParseResults<Arguments>) =
    match arguments.TryGetSubCommand() with
    | Some(Schedule arguments) -> Schedule.run terminal arguments
    | Some(Generate arguments) -> Generate.run terminal arguments
    | Some(Sample arguments) -> Sample.run terminal arguments
    | Some(Prior arguments) -> Prior.run terminal arguments
    | Some Doctor -> Doctor.run terminal
    | None when arguments.Contains Arguments.Version ->
        terminal.Out.WriteLine(version ())
        0
    | _ ->
        terminal.Out.Write(CommandLine.usage ())
        0

/// Runs one command line and returns its exit code; everything that goes wrong ends here as one line.
let run (terminal: Terminal) (arguments: string[]) : int =
    try
        try
            match CommandLine.parse arguments with
            | Help usage ->
                terminal.Out.Write usage
                0
            | Run results -> command terminal results
        with error ->
            let fault =
                match error with
                | :? ArguParseException as error -> CommandLine.fault error
                | _ -> Fault.ofException error

            terminal.Note $"error: {Fault.message fault}"

            if Array.contains "--verbose" arguments then
                terminal.Error.WriteLine(string error)

            Fault.exitCode fault
    finally
        terminal.Out.Flush()
        terminal.Error.Flush()

[<EntryPoint>]
let main arguments =
    let utf8 = UTF8Encoding(encoderShouldEmitUTF8Identifier = false)
    use out = new StreamWriter(Console.OpenStandardOutput(), utf8, NewLine = "\n")

    use error =
        new StreamWriter(Console.OpenStandardError(), utf8, AutoFlush = true, NewLine = "\n")

    let live = not Console.IsErrorRedirected

    run
        {
            Out = out
            Error = error
            IsLive = live
            Interruptible = Interrupts.guard error live
        }
        arguments
