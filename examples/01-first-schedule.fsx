// From one line to a table of timesteps. Run it with `dotnet fsi examples/01-first-schedule.fsx` after `dotnet build -c Release`.
#r "../Schedules/DreamTime.Schedules/bin/Release/net10.0/DreamTime.Schedules.dll"

// <first-schedule>
open DreamTime.Schedules
open DreamTime.Schedules.Dsl

let weight = snr * gaussian 500.0 125.0 // W(t) = Wd(t) * Wp(t), eq. 8 of the paper
let table = weight |> WeightTable.compile NoiseSchedule.StableDiffusion
let schedule = table |> Schedule.descend // eq. 5: never rises, by construction

printfn "t(1) of 1000 is %d" (schedule.At(1<step>, steps = 1000<step>)) // 946
printfn "%A" (schedule.Timesteps 10)
// </first-schedule>
