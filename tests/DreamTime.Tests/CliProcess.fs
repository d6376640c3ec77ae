/// Runs the command line as a process of its own.
module DreamTime.Tests.CliProcess

open System
open System.Diagnostics
open System.IO
open System.Threading.Tasks

let private program = Path.Combine(AppContext.BaseDirectory, "DreamTime.Cli.dll")

/// The command as a shell would be given it.
let command = $"dotnet \"{program}\""

let private collect (start: ProcessStartInfo) (whileRunning: Process -> unit) : CliHarness.Outcome =
    start.RedirectStandardOutput <- true
    start.RedirectStandardError <- true
    use running = new Process(StartInfo = start)
    running.Start() |> ignore

    let out, error =
        running.StandardOutput.ReadToEndAsync(), running.StandardError.ReadToEndAsync()

    try
        whileRunning running

        if not (running.WaitForExit(TimeSpan.FromMinutes 5.0)) then
            failwith "it does not end"

        Task.WaitAll(out, error)
    finally
        if not running.HasExited then
            running.Kill(entireProcessTree = true)

    { Code = running.ExitCode; Out = out.Result; Error = error.Result }

/// Runs `dreamtime` with these arguments and does something meanwhile.
let runWhile (whileRunning: Process -> unit) (arguments: string list) =
    collect (ProcessStartInfo("dotnet", program :: arguments)) whileRunning

let run = runWhile ignore

/// Runs a program that lies beside the tests, where the environment says more than this one does.
let runProgram (file: string) (environment: (string * string) list) (arguments: string list) =
    let start =
        ProcessStartInfo("dotnet", Path.Combine(AppContext.BaseDirectory, file) :: arguments)

    for name, value in environment do
        start.Environment[name] <- value

    collect start ignore

/// Runs `dreamtime` where the environment says more.
let runWith environment arguments =
    runProgram "DreamTime.Cli.dll" environment arguments

/// Runs a line of bash.
let shell (line: string) =
    collect (ProcessStartInfo("bash", [ "-c"; line ])) ignore
