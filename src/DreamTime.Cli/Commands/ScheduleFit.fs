/// `schedule fit`: the numbers of a weight with which its schedule comes nearest to another.
module DreamTime.Cli.Commands.ScheduleFit

open System.IO
open Argu
open DreamTime.Cli
open DreamTime.Schedules

/// What `--to` says: the name of a file, or what schedules are given as.
let private target (given: string) =
    if File.Exists given then
        ScheduleSource.file given
    else
        ScheduleSource.read given

let private defaultSteps = 1000

let run (terminal: Terminal) (arguments: ParseResults<FitArguments>) =
    let shape =
        Values.scheduleText (arguments.TryGetResult FitArguments.Text) |> ScheduleSource.weight

    let target =
        arguments.TryGetResult FitArguments.To
        |> Values.needed "--to" "the schedule or the table to come near to"
        |> target

    let steps =
        arguments.TryGetResult FitArguments.Steps |> Option.map (Values.steps "--steps")

    let noise = Values.noise (arguments.TryGetResult FitArguments.Noise)

    let fit =
        if TimestepTable.isTable target then
            let timesteps = TimestepTable.parse target

            match steps with
            | Some steps when steps <> timesteps.Length ->
                Fault.wrong $"--steps is {steps}, but the table has {timesteps.Length} steps"
            | _ -> ()

            DreamTime.Schedules.ScheduleFit.toTimesteps noise (timesteps |> Array.map (fun t -> t * 1<timestep>)) shape
        else
            let schedule = (ScheduleSource.expression target).Compile noise
            let steps = steps |> Option.defaultValue defaultSteps
            DreamTime.Schedules.ScheduleFit.toSchedule (steps * 1<step>) schedule shape

    let fit = Fault.orWrong fit

    if not fit.IsConverged then
        terminal.Warn "the search was stopped before its end; another start may come nearer"

    terminal.Out.WriteLine(string fit)
    0
