// Several schedules on one picture: the paper's figure 5, and its comparison with other methods (figure 15).
#r "../Schedules/DreamTime.Schedules/bin/Release/net10.0/DreamTime.Schedules.dll"

open System
open System.IO
open DreamTime.Schedules

let out =
    match Environment.GetEnvironmentVariable "DREAMTIME_EXAMPLES_OUT" with
    | null -> "."
    | folder -> folder

let compile text =
    text, ScheduleExpression.Parse(text).Compile NoiseSchedule.StableDiffusion

[ "dreamtime"; "dreamtime-v1"; "linear"; "hifa"; "snr * gaussian 400 90" ]
|> List.map compile
|> Plot.timesteps 1000<step>
|> Plot.save (Path.Combine(out, "schedules.svg"))

for text, schedule in List.map compile [ "dreamtime"; "hifa"; "linear" ] do
    printfn "%-10s %s" text (Plot.sparkline 60 schedule)

// Text that does not parse says where, and what would be right.
try
    ScheduleExpression.Parse "snr * gausian 500 125" |> ignore
with :? ScheduleParseException as mistake ->
    printfn "%s" mistake.Message
