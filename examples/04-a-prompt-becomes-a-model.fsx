// The whole chain from F#: a prompt, the embedded prior, TP-SDS, a GLB. Takes under a minute on two cores.
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.Schedules.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.Renderers.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.Diffusion.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.dll"

open System
open System.IO
open System.Threading
open DreamTime
open DreamTime.Diffusion
open DreamTime.Schedules

let setting name whenAbsent =
    match Environment.GetEnvironmentVariable name with
    | null -> whenAbsent
    | value -> value

let folder = Path.Combine(setting "DREAMTIME_EXAMPLES_OUT" "out", "table")

let options =
    TextTo3DOptions(
        Steps = int (setting "DREAMTIME_EXAMPLES_STEPS" "500"),
        Schedule = ScheduleExpression.Parse "snr * gaussian 500 125",
        Seed = 1L
    )

let prior = Prior.Load PriorSource.Embedded

let progress = {
    new IProgress<StepReport> with
        member _.Report step =
            if step.Index % 100 = 0 then
                printfn "%d/%d  t = %d  %.1f steps/s" step.Index step.Total step.Timestep step.Rate
}

let result =
    TextTo3D.GenerateAsync(prior, "a brown table", folder, options, true, progress, CancellationToken.None).Result

printfn "%s" result.Model
