module DreamTime.Schedules.Tests.Schedules

open System
open Expecto
open DreamTime.Schedules
open DreamTime.Schedules.Dsl

let private sd = NoiseSchedule.stableDiffusion

let private compile text =
    (ScheduleExpression.Parse text).Compile sd

let private timestepsAt text fractions =
    let schedule = compile text
    fractions |> List.map (fun u -> schedule.TimestepAt(int (1000.0 * u), 1000))

let private message (action: unit -> unit) =
    Expect.throwsC action (fun error -> error.Message)

let private fault text (noise: NoiseSchedule) =
    Expect.throwsC (fun () -> (ScheduleExpression.Parse text).Compile noise |> ignore) (fun error ->
        error :?> ScheduleException)

let private zeroTerminal =
    NoiseSchedule.FromSchedulerConfig
        """{"beta_schedule":"scaled_linear","beta_start":0.00085,"beta_end":0.012,"rescale_betas_zero_snr":true}"""

let tests =
    testList "schedules" [
        test "the page of F# that the design starts with" {
            let weight = snr * gaussian 500.0 125.0
            let table = weight |> WeightTable.compile NoiseSchedule.stableDiffusion
            let schedule = table |> Schedule.descend
            Expect.equal (schedule.At(1<step>, steps = 1000<step>)) 946<timestep> ""
            Expect.equal (string schedule) "snr * gaussian 500 125" ""
            Expect.equal schedule.Hash Presets.dreamtime.Hash "a preset is its text"
        }

        test "F# words make what the text says" {
            let written = [
                descend (truncate 20 980 snr), "truncate 20 980 (snr)"
                clamp 200 1000 (descend (constant 1.0)), "clamp 200 1000 (constant 1)"
                power 980.5 300.5 0.5, "hifa"
                points [ 0.02, 981; 0.98, 21 ], "dreamgaussian"
                stagesBySteps [ 0<step>, uniform 21 981; 5000<step>, uniform 21 501 ],
                "stages [(step 0, sds), (step 5000, magic3d-refine)]"
                perSample (uniform 21 981), "perSample (sds)"
                descend (minimum snr (mirror (window 1 5)) + maximum (plateau 800.0 500.0 300.0 100.0) snr / 2.0),
                "min (snr) (mirror (window 1 5)) + max (plateau 800 500 300 100) (snr) / 2"
                at 500, "at 500"
                line 980.5 250.5, "sdi"
            ]

            for expression, text in written do
                Expect.equal expression (ScheduleExpression.Parse text) text
        }

        test "HiFA falls with the square root: 980, 640, 499 and 300 of the implementation, plus 1" {
            // The implementation cuts 499.17 off; half a timestep less and the nearest are the same.
            Expect.equal (timestepsAt "hifa" [ 0.0; 0.25; 0.5; 1.0 ]) [ 981; 641; 500; 301 ] ""
        }

        test "lines and points take the nearest timestep, the larger of two as near" {
            Expect.equal
                (timestepsAt "line 11 1" [ 0.0; 0.04; 0.05; 0.06; 1.0 ])
                [ 11; 11; 11; 10; 1 ]
                "10.6, 10.5, 10.4"

            Expect.equal
                (timestepsAt "points [(0.2, 800), (0.6, 400), (0.8, 500)]" [ 0.0; 0.2; 0.4; 0.6; 0.7; 0.8; 1.0 ])
                [ 800; 800; 600; 400; 450; 500; 500 ]
                ""

            Expect.equal (timestepsAt "at 300" [ 0.0; 0.5; 1.0 ]) [ 300; 300; 300 ] ""
        }

        test "a stage of n steps is a run of n steps" {
            let staged = compile "stages [(0, dreamtime), (0.25, line 900 100), (0.5, at 7)]"
            let first = Presets.dreamtime.Timesteps 250
            let second = (compile "line 900 100").Timesteps 250
            Expect.equal (staged.Timesteps 1000) (Array.concat [ first; second; Array.create 500 7 ]) ""
            Expect.isFalse staged.NeverRises "1 is followed by 897"
            Expect.isTrue (compile "stages [(0, line 900 300), (0.5, line 300 100)]").NeverRises ""
        }

        test "ProlificDreamer narrows after 5000 steps" {
            let timesteps = Presets.prolificdreamer.Timesteps 25000
            Expect.isGreaterThan (Array.max timesteps[..4999]) 950 "step 1 to 5000"
            Expect.isTrue (Array.max timesteps[5000..] <= 501 && Array.min timesteps >= 21) "step 5001 on"
        }

        test "draws are SplitMix64's, for ever" {
            // Computed by an independent program from the published constants.
            Expect.equal (Presets.sds.Timesteps 10) [| 279; 824; 232; 475; 28; 554; 315; 916; 245; 718 |] "seed 0"
            let perSample = compile "perSample (sds)"
            let at seed sample = [ for i in 1..5 -> perSample.TimestepAt(i, 10, seed, sample) ]
            Expect.equal (at 7L 3) [ 806; 662; 342; 702; 908 ] "seed 7, sample 3"
            Expect.equal (at -1L 0) [ 461; 502; 499; 568; 912 ] "seed -1"
        }

        test "draws are uniform and reach both ends" {
            let counts =
                (compile "uniform 11 20").Timesteps(20000, 5L) |> Array.countBy id |> Map.ofArray

            Expect.equal (Seq.toList counts.Keys) [ 11..20 ] "every value"
            // 2000 each; the standard deviation of a count is 42, and 5 of them leave nothing to luck (fixed seed).
            for KeyValue(t, count) in counts do
                Expect.isLessThan (abs (count - 2000)) 212 $"{t}"
        }

        test "samples differ only where asked" {
            let perSample, perBatch = compile "perSample (sds)", compile "sds"
            let at (schedule: Schedule) = [ for sample in 0..7 -> schedule.TimestepAt(3, 100, 1L, sample) ]
            Expect.equal (at perBatch |> List.distinct |> List.length) 1 "per batch"
            Expect.isGreaterThan (at perSample |> List.distinct |> List.length) 5 "per sample"

            Expect.isTrue
                (perSample.PerSample && not perBatch.PerSample && not (compile "perSample (snr)").PerSample)
                ""

            Expect.isTrue ((compile "snr").IsDeterministic && not perBatch.IsDeterministic) ""
        }

        test "one timestep, one step" {
            let one = NoiseSchedule.FromAlphaBars [| 0.5 |]
            Expect.equal ((ScheduleExpression.Parse "snr").Compile(one).Timesteps 3) [| 1; 1; 1 |] "T = 1"
            Expect.equal (Presets.dreamtime.Timesteps 1) [| 1 |] "N = 1"
        }

        test "a negative weight is refused by its timestep, with a range that would do" {
            let error = fault "snr + constant -0.1" sd
            Expect.equal error.Timestep (Nullable 1) ""
            Expect.stringContains error.Message "negative" ""
            Expect.stringContains error.Message "at t = 1;" ""
            Expect.stringContains error.Message "truncate 12 1000 (snr + constant -0.1)" ""

            let cured =
                (ScheduleExpression.Parse "truncate 12 1000 (snr + constant -0.1)").Compile sd

            Expect.equal (cured.TimestepAt(9, 9)) 12 "the advice works"
        }

        test "an infinite weight under zero terminal SNR is refused, and truncating cures it" {
            let error = fault "dreamtime" zeroTerminal
            Expect.equal error.Timestep (Nullable 1000) ""
            Expect.stringContains error.Message "not finite" ""
            Expect.stringContains error.Message "truncate 1 999" ""

            for text in [ "truncate 1 999 (dreamtime)"; "window 1 999 * snr" ] do
                Expect.equal ((ScheduleExpression.Parse text).Compile(zeroTerminal).TimestepAt(0, 9)) 999 text
        }

        test "a weight without mass is refused" {
            for text in [ "constant 0"; "window 2000 3000"; "window 1 10 * window 20 30" ] do
                Expect.stringContains (fault text sd).Message "no mass" text
        }

        test "timesteps beyond the noise are refused" {
            let short = NoiseSchedule.SquaredCosine 100
            Expect.equal (fault "sds" short).Timestep (Nullable 981) ""
            Expect.stringContains (fault "at 500" short).Message "t = 500 in 'at 500' is outside 1..100" ""
            Expect.stringContains (fault "clamp 200 1000 (linear)" short).Message "leaves none of 1..100" ""
        }

        test "sums that exceed a double are scaled" {
            let reference = (compile "constant 1").Timesteps 50

            for text in [ "constant 1e307"; "constant 5e-324"; "constant 1e-310" ] do
                Expect.equal ((compile text).Timesteps 50) reference text
        }

        test "the timestep does not rise where weights span more than a double's digits" {
            let rises (text: string) timesteps steps =
                let schedule =
                    (ScheduleExpression.Parse text).Compile(NoiseSchedule.SquaredCosine timesteps)

                schedule.Timesteps steps |> Array.pairwise |> Array.exists (fun (earlier, later) -> later > earlier)

            // Found by the law: rounded distances tie, and the tie goes to a larger t than at the step before.
            Expect.isFalse (rises "snr + truncate 6 10 (constant 1e20)" 39 32) "distances"

            // At 1/2 the tail sums tell t = 2 from t = 3; the head sums, an ulp coarser, do not.
            Expect.isFalse
                (rises
                    "constant 0.5 * window 1 1 + constant 5.5e-17 * window 2 2 + constant 0.49999999999999994 * window 3 3"
                    3
                    10)
                "the two kinds of sum"
        }

        test "arguments out of range are named" {
            Expect.stringContains (message (fun () -> gaussian 500.0 0.0 |> ignore)) "deviation" ""
            Expect.stringContains (message (fun () -> gaussian nan 1.0 |> ignore)) "mean" ""
            Expect.stringContains (message (fun () -> uniform 5 4 |> ignore)) "low" ""
            Expect.stringContains (message (fun () -> at 0 |> ignore)) "1 or above" ""
            Expect.stringContains (message (fun () -> stages [ 0.5, at 1 ] |> ignore)) "u = 0" ""
            Expect.stringContains (message (fun () -> points [] |> ignore)) "At least one" ""
            Expect.stringContains (message (fun () -> Presets.sds.TimestepAt(1, 0) |> ignore)) "steps" ""
            Expect.stringContains (message (fun () -> Presets.sds.TimestepAt(1, 1, 0L, -1) |> ignore)) "sample" ""
        }
    ]
