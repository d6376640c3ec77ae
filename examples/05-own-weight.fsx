// From one line to a weight of your own, in ten minutes. Run it with `dotnet fsi examples/05-own-weight.fsx` after `dotnet build -c Release`.
#r "../Schedules/DreamTime.Schedules/bin/Release/net10.0/DreamTime.Schedules.dll"

open System
open System.IO
open DreamTime.Schedules
open DreamTime.Schedules.Dsl

let show (schedule: Schedule) =
    printfn "%-45s %s  %s" (string schedule) (Plot.sparkline 20 schedule) (String.Join(" ", schedule.Timesteps 10))

let on (noise: NoiseSchedule) (expression: ScheduleExpression) = Schedule.compile noise expression
let sd = NoiseSchedule.stableDiffusion

// 1. One line: a weight says how much of a run each timestep gets. In ten steps DreamTime's takes 720 664 623 588 556 524 489 449 394 1.
descend (snr * gaussian 500.0 125.0) |> on sd |> show

// 2. The same as text, as the command line and config files have it. It prints as it was written.
match Schedule.parse "snr * gaussian 500 125" with
| Ok expression -> printfn "%O has the hash %s…" expression (expression.Hash.Substring(0, 8))
| Error error -> printfn "%O" error

// 3. A mistake says where it is and what was meant.
match Schedule.parse "snr * gausian 500 125" with
| Ok _ -> ()
| Error error -> printfn "%O" error

// 4. Earlier or later, narrower or wider: move m and s.
for m, s in [ 400.0, 125.0; 600.0, 125.0; 500.0, 50.0; 500.0, 300.0 ] do
    descend (snr * gaussian m s) |> on sd |> show

// 5. Combine: two bumps, of which the upper one counts half; no weight outside 20..980, before it is normalised.
let twoBumps = truncate 20 980 (gaussian 300.0 40.0 + gaussian 700.0 60.0 / 2.0)
descend twoBumps |> on sd |> show

// 6. `clamp` limits the result instead: the steps outside pile up at the limits.
descend (constant 1.0) |> clamp 200 800 |> on sd |> show

// 7. Other rules are schedules too: HiFA's square root, and ProlificDreamer's two ranges, which are drawn.
power 981.0 301.0 0.5 |> on sd |> show
stages [ 0.0, uniform 21 981; 0.2, uniform 21 501 ] |> on sd |> show

// 8. Your own function of t: a table, here a weight that avoids the middle.
let avoidsTheMiddle =
    Weight.table [
        for t in 1..1000 ->
            let x = (float t - 500.0) / 200.0
            1.0 - exp (-x * x)
    ]

// It is a weight as any other, and combines with them.
let own = Schedule.compile sd (descend (snr * avoidsTheMiddle))
printfn "own: %s" (String.Join(" ", own.Timesteps 10))

// 9. On another model: a weight that is infinite there is an error that names the t, as data.
let withoutSignal = sd.RescaledToZeroTerminalSnr()

match Schedule.tryCompile withoutSignal (descend snr) with
| Ok _ -> ()
| Error error -> printfn "%A at t = %d: %s" error.Fault error.Timestep.Value error.Message

let flow = NoiseSchedule.flow 1000 3.0
let onFlow = descend (logitNormal 0.0 1.0) |> on flow
printfn "times of a flow: %s" (String.Join(" ", [ for step in 1..5 -> onFlow.TimeAt(step, 5).ToString "F3" ]))

// 10. Use it: a run is an array to look up in. A function that needs a descent asks for one by its type.
let train (descent: DescendingSchedule) =
    let run = descent.Over 1000
    printfn "t falls from %d to %d" run[1] run[1000]

train (DescendingSchedule.ofTable (WeightTable.compile sd twoBumps))

match DescendingSchedule.ofSchedule (on sd (uniform 21 981)) with
| Ok descent -> train descent
| Error fault -> printfn "%O" fault

// 11. See it, and read where its steps go.
let out =
    match Environment.GetEnvironmentVariable "DREAMTIME_EXAMPLES_OUT" with
    | null -> "."
    | folder -> folder

[ "own", own; "dreamtime", Presets.dreamtime ]
|> Plot.timesteps 1000<step>
|> Plot.save (Path.Combine(out, "own.svg"))

printfn "%s" (own.Describe 1000)
