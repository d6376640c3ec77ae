module DreamTime.Schedules.Tests.Descriptions

open Expecto
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private compile (noise: NoiseSchedule) text =
    (ScheduleExpression.Parse text).Compile noise

let private contains (schedule: Schedule) steps parts =
    let text = schedule.Describe steps

    for part: string in parts do
        Expect.stringContains text part text

let private warningsOf (schedule: Schedule) steps =
    (schedule.Describe steps).Split '\n'
    |> Array.filter (fun line -> line.StartsWith "warning")
    |> Array.length

let tests =
    testList "description" [
        test "DreamTime on Stable Diffusion" {
            contains Presets.dreamtime 10000 [
                "snr * gaussian 500 125"
                Presets.dreamtime.Hash
                "sd (T = 1000)"
                "t is the paper's, 1..T; the network's index is t - 1"
                "Z = 563.55, positive in 1..1000, largest at t = 554 (0.31 %)"
                "first 991,"
                "751 distinct timesteps"
                "900: 36, 800: 287, 700: 1298, 600: 3636, 500: 6686, 400: 8906, 300: 9790, 200: 9979, 100: 10000"
                "from 101 to 1"
                "clamp 20 1000 (snr * gaussian 500 125)"
            ]
        }

        test "the advice against the last step's fall removes the warning" {
            Expect.equal (warningsOf Presets.dreamtime 1000) 1 "with the fall"
            let clamped = compile NoiseSchedule.stableDiffusion "clamp 100 1000 (dreamtime)"
            Expect.equal (warningsOf clamped 10000) 0 "without"
        }

        test "DeepFloyd IF's spike is warned of, and truncating as advised removes it" {
            let spiked = compile NoiseSchedule.deepFloydIf "dreamtime"
            contains spiked 10000 [ "217 of 10000 steps are pure noise"; "truncate 1 979" ]

            let truncated =
                compile NoiseSchedule.deepFloydIf "clamp 100 1000 (truncate 1 979 (dreamtime))"

            Expect.equal (warningsOf truncated 10000) 0 ""
        }

        test "draws are described as draws" {
            contains Presets.sds 1000 [ "a draw for each step"; "from 21 to 980" ]
            contains (compile NoiseSchedule.stableDiffusion "perSample (sds)") 1000 [ "a draw for each sample" ]
        }

        test "a rise is warned of" {
            contains (compile NoiseSchedule.stableDiffusion "stages [(0, line 500 1), (0.5, at 300)]") 10 [
                "The timestep rises, from 1 at step 5 to 300 at step 6."
            ]
        }

        law "every schedule has a description, for one step and for many" (fun (case: TermCase) ->
            let schedule = case.Expression.Compile(NoiseSchedule.SquaredCosine case.Timesteps)

            for steps in [ 1; 2; 50 ] do
                Expect.stringContains (schedule.Describe steps) schedule.Hash "")
    ]
