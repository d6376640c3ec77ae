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
                "t in 801..1000: 2.86 %, t in 501..800: 63.99 %, t in 201..500: 32.93 %, t in 1..200: 0.22 %"
                "longest plateau: 32 steps at t = 568"
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

        test "the numbers behind it: the paper's schedule in 10,000 steps" {
            let summary = Presets.dreamtime.Summary 10000

            Expect.equal
                [ for range in summary.Ranges -> range.Low, range.High ]
                [ 801, 1000; 501, 800; 201, 500; 1, 200 ]
                ""

            Expect.equal
                [ for range in summary.Ranges -> range.Steps ]
                [ 286; 6399; 3293; 22 ]
                "2.86, 64.0, 32.9 and 0.22 %"

            Expect.equal (summary.LongestPlateau.Timestep, summary.LongestPlateau.Length) (568, 32) ""

            Expect.equal
                summary.Busiest
                { TimestepRange.Low = 568; TimestepRange.High = 568; TimestepRange.Steps = 32 }
                "in a descent the steps at one t follow each other"

            Expect.equal summary.Distinct 751 ""
            Expect.equal summary.LastFall 100 "from 101 to 1"
            Expect.isFalse summary.FirstRise.HasValue ""

            Expect.equal
                [ for arrival in summary.Arrivals -> arrival.Timestep, arrival.Step.Value ]
                [ 900, 36; 800, 287; 700, 1298; 600, 3636; 500, 6686; 400, 8906; 300, 9790; 200, 9979; 100, 10000 ]
                ""
        }

        law "the numbers add up" (fun (case: TermCase) (steps: FsCheck.PositiveInt) ->
            let schedule = case.Expression.Compile(NoiseSchedule.SquaredCosine case.Timesteps)
            let summary, timesteps = schedule.Summary steps.Get, schedule.Timesteps steps.Get
            let plateau = summary.LongestPlateau
            Expect.equal (summary.Ranges |> Seq.sumBy _.Steps) steps.Get "every step is in one range"
            Expect.equal summary.Distinct (Set.ofArray timesteps).Count "distinct"
            Expect.equal summary.Busiest.Steps (timesteps |> Seq.countBy id |> Seq.map snd |> Seq.max) "busiest"

            Expect.all
                timesteps[plateau.FirstStep - 1 .. plateau.FirstStep + plateau.Length - 2]
                (fun t -> t = plateau.Timestep)
                "the plateau is one"

            Expect.equal
                summary.FirstRise.HasValue
                (timesteps |> Array.pairwise |> Array.exists (fun (a, b) -> b > a))
                "rise")

        test "a spike at T is told by its steps" {
            contains (compile NoiseSchedule.deepFloydIf "dreamtime") 10000 [
                "The first 193 of 10000 steps stay at t = 1000, where the weight has a spike"
                "truncate 1 999"
            ]
        }

        test "a flat run, and steps that the run does not come to, are warned of" {
            let text = "stages [(step 0, at 500), (step 100, at 300), (step 5000, at 100)]"

            contains (compile NoiseSchedule.stableDiffusion text) 1000 [
                "Most of the run is flat: 900 of 1000 steps stay at t = 300, from step 101 on."
                "'step 5000' is not reached in 1000 steps"
            ]

            let points = "points [(step 1, 900), (step 1000, 100)]"
            Expect.equal (warningsOf (compile NoiseSchedule.stableDiffusion points) 1000) 0 "the last step is reached"
            Expect.equal (warningsOf (compile NoiseSchedule.stableDiffusion points) 999) 1 "one before is not"
        }

        test "second timesteps and the ratio along the run" {
            contains (compile NoiseSchedule.stableDiffusion "pair (line 900 100) -50") 100 [
                "second timestep: 842 at step 1"
                "50 at step 100"
            ]
            // abar_500 / (1 - abar_500) of the landmarks
            contains (compile NoiseSchedule.stableDiffusion "at 500") 10 [ "SNR         0.38441 at step 1" ]
        }

        test "a flow's timesteps are told with their times" {
            contains (compile (NoiseSchedule.Flow(1000, 1.0)) "constant 1") 10 [
                "t counts cells"
                "first 901 (0.9005)"
                "last 1 (0.0005)"
            ]
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
