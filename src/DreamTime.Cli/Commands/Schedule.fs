/// `schedule`: timestep schedules printed, drawn, checked and described.
module DreamTime.Cli.Commands.Schedule

open System
open Argu
open DreamTime.Cli
open DreamTime.Schedules

/// The timesteps of a whole run, lazily: step, timestep.
let private timesteps (schedule: Schedule) (steps: int) (seed: int64) =
    seq { for step in 1..steps -> struct (step, schedule.TimestepAt(step, steps, seed, 0)) }

let private csv (terminal: Terminal) rows =
    terminal.Out.WriteLine "step,timestep"

    for struct (step: int, timestep: int) in rows do
        terminal.Out.WriteLine $"{step},{timestep}"

let private json (terminal: Terminal) rows =
    let mutable before = "["

    for struct (step: int, timestep: int) in rows do
        terminal.Out.Write $"{before}{{\"step\":{step},\"timestep\":{timestep}}}"
        before <- ","

    terminal.Out.WriteLine "]"

let private table (terminal: Terminal) (arguments: ParseResults<TableArguments>) =
    let text = Values.scheduleText (arguments.TryGetResult TableArguments.Text)

    let steps =
        arguments.TryGetResult TableArguments.Steps
        |> Values.needed "--steps" "how many steps the run has"
        |> Values.steps "--steps"

    let seed = arguments.GetResult(TableArguments.Seed, "0") |> Values.seed "--seed"
    let expression = ScheduleExpression.Parse text
    let noise = Values.noise (arguments.TryGetResult TableArguments.Noise)
    let rows = timesteps (expression.Compile noise) steps seed

    match arguments.GetResult(TableArguments.Format, Csv) with
    | Csv -> csv terminal rows
    | Json -> json terminal rows

    0

let private list (terminal: Terminal) =
    for preset in SchedulePresets.All do
        terminal.Out.WriteLine $"{preset.Name, -17} {preset.Version, -3} {preset.Expression}"
        terminal.Out.WriteLine $"{String.Empty, -21} {preset.Description}"

    0

/// Points at the mistake in the text; what stands far from it on a long line is left out.
let private explain (terminal: Terminal) (text: string) (error: ScheduleParseException) =
    let line =
        text.Split('\n')[error.Line - 1] |> String.map (fun c -> if Char.IsControl c then ' ' else c)

    let start = max 0 (error.Column - 1 - 60)
    let shown = line.Substring(start, min 120 (line.Length - start))
    terminal.Note $"error: {error.Message}"
    terminal.Error.WriteLine $"    {shown}"
    terminal.Error.WriteLine("    " + String(' ', error.Column - 1 - start) + "^")

/// The schedule of `check` and `describe`, compiled.
let private compiled (arguments: ParseResults<CheckArguments>) =
    let expression =
        Values.scheduleText (arguments.TryGetResult CheckArguments.Text) |> ScheduleExpression.Parse

    expression.Compile(Values.noise (arguments.TryGetResult CheckArguments.Noise))

let private join (timesteps: int seq) = String.Join(' ', timesteps)

let private kind (schedule: Schedule) =
    match schedule.IsDeterministic, schedule.PerSample with
    | true, _ -> "deterministic"
    | false, false -> "random, one draw a step"
    | false, true -> "random, one draw a sample"

let private check (terminal: Terminal) (arguments: ParseResults<CheckArguments>) =
    let schedule = compiled arguments
    terminal.Out.WriteLine(string schedule)
    terminal.Out.WriteLine $"{kind schedule} on {schedule.Noise}; in 10 steps: {join (schedule.Timesteps 10)}"
    0

let private describe (terminal: Terminal) (arguments: ParseResults<CheckArguments>) =
    let steps = 1000
    let schedule = compiled arguments
    let timesteps = schedule.Timesteps steps

    let presets =
        SchedulePresets.All |> Seq.filter (fun preset -> preset.Expression = schedule.Expression)

    let seed = if schedule.IsDeterministic then "" else ", seed 0"

    let line (name: string) (text: string) =
        terminal.Out.WriteLine $"{name, -10} {text}"

    line "schedule" (string schedule)

    for preset in presets do
        line "preset" $"{preset.Name} {preset.Version}: {preset.Description}"

    line "noise" (string schedule.Noise)
    line "kind" $"""{kind schedule}{if schedule.NeverRises then ", never rises" else ""}"""
    line "range" $"t = {Array.min timesteps} to {Array.max timesteps} in {steps} steps{seed}"
    line "distinct" $"{(Array.distinct timesteps).Length} timesteps"
    line "at 0-100 %" (join [ for tenth in 0..10 -> timesteps[max 0 (tenth * steps / 10 - 1)] ])
    line "hash" schedule.Hash
    0

let run (terminal: Terminal) (arguments: ParseResults<ScheduleArguments>) =
    let pointing (read: CheckArguments ParseResults) command =
        try
            command terminal read
        with :? ScheduleParseException as error ->
            explain terminal (Values.scheduleText (read.TryGetResult CheckArguments.Text)) error
            Fault.exitCode (WrongRequest error.Message)

    match arguments.TryGetSubCommand() with
    | Some(Table arguments) -> table terminal arguments
    | Some List -> list terminal
    | Some(Check arguments) -> pointing arguments check
    | Some(Describe arguments) -> pointing arguments describe
    | Some(Plot _)
    | None -> Fault.wrong "schedule needs a command; dreamtime schedule --help lists them"
