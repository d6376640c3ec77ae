/// The edges of eq. 5 and of stages: spikes, zeros, underflow, one step, one timestep, many more steps than timesteps.
module DreamTime.Schedules.Tests.Exactness

open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private sd = NoiseSchedule.StableDiffusion

let private on (noise: NoiseSchedule) text =
    (ScheduleExpression.Parse text).Compile noise

let private counts (timesteps: int[]) =
    timesteps |> Array.countBy id |> Array.toList

let tests =
    testList "exactness" [
        test "many more steps than timesteps split at midpoints" {
            // Tail sums 0.5, 0.75, 1: the boundaries are 0.625 and 0.875.
            let schedule = on (NoiseSchedule.SquaredCosine 3) "table [1, 1, 2]"
            Expect.equal (counts (schedule.Timesteps 100_000)) [ 3, 62_500; 2, 25_000; 1, 12_500 ] ""
            // A tie goes to the larger t.
            Expect.equal (schedule.TimestepAt(5, 8), schedule.TimestepAt(7, 8)) (3, 2) "5/8 and 7/8"
        }

        test "the middle of a cosine is exact: half goes up" {
            for n in [ 2; 10; 26; 1000 ] do
                Expect.equal ((on sd "cosine 4 23").TimestepAt(n / 2, n)) 14 $"N = {n}"
                Expect.equal ((on sd "cosine 981 20").TimestepAt(n / 2, n)) 501 $"N = {n}"
        }

        test "a spike takes every step" {
            for text in [ "window 5 5"; "truncate 5 5 (snr)"; "gaussian 5 0.01"; "ceiling (window 5 5)" ] do
                Expect.equal (counts ((on sd text).Timesteps 1000)) [ 5, 1000 ] text
        }

        test "a spike of nearly all mass: the timestep above it has the first half, by midpoints" {
            let schedule = on (NoiseSchedule.SquaredCosine 3) "table [1e-18, 1, 1e-18]"
            Expect.equal [ for i in 0..10 -> schedule.TimestepAt(i, 10) ] [ 3; 3; 3; 3; 3; 3; 2; 2; 2; 2; 1 ] ""
        }

        test "where the weight is 0 no step goes, between plateaus too" {
            let schedule = on (NoiseSchedule.SquaredCosine 10) "window 2 3 + window 8 9"
            Expect.equal (counts (schedule.Timesteps 8)) [ 9, 3; 8, 2; 3, 2; 2, 1 ] ""
        }

        test "weights at the smallest doubles, and those whose squares are 0" {
            Expect.equal ((on sd "constant 5e-324").Timesteps 10) ((on sd "constant 1").Timesteps 10) "subnormal"
            // exp underflows a thousand deviations off: what is 0 is no candidate.
            let narrow = on sd "gaussian 500 1"
            let timesteps = narrow.Timesteps 10_000
            Expect.isTrue (Array.forall (fun t -> abs (t - 500) < 40) timesteps) "near the mean"

            Expect.equal
                (Expect.throwsC (fun () -> on sd "gaussian -99999 1" |> ignore) (fun error ->
                    error.Message.Contains "no mass"))
                true
                "underflow everywhere is no mass"
        }

        test "one step and one timestep" {
            let one = NoiseSchedule.FromAlphaBars [| 0.5 |]

            for text in
                [
                    "snr"
                    "ceiling (snr)"
                    "constant 3"
                    "sigmas [5, 0.1]"
                    "normal (at 1) 9"
                    "jitter 7 (at 1)"
                    "quantise 3 (at 1)"
                ] do
                Expect.equal ((on one text).Timesteps 3) [| 1; 1; 1 |] text

            for text, t in
                [
                    "dreamtime", 1
                    "line 900 100", 100
                    "at 7", 7
                    "sigmas [14.6, 0.01]", 1
                    "reverse (line 900 100)", 100
                ] do
                Expect.equal ((on sd text).Timesteps 1) [| t |] text
        }

        test "runs of any length, steps of any number" {
            let most = System.Int32.MaxValue

            for text, first, middle, last in
                [
                    "line 900 100", 900, 500, 100
                    "dreamtime", 1000, 556, 1
                    "stages [(0, at 9), (0.5, at 8)]", 9, 9, 8
                    "points [(step 2147483647, 5)]", 5, 5, 5
                ] do
                let schedule = on sd text
                Expect.equal (schedule.TimestepAt(0, most)) first $"{text}, first"
                Expect.equal (schedule.TimestepAt(most / 2, most)) middle $"{text}, middle"
                Expect.equal (schedule.TimestepAt(most, most)) last $"{text}, last"
                Expect.equal (schedule.TimestepAt(most, 3)) last $"{text}, resumed beyond N"
                Expect.equal (schedule.TimestepAt(System.Int32.MinValue, 3)) first $"{text}, before the first"
        }

        law
            "a stage that begins at k / N begins after step k, however k / N is rounded"
            (fun (PositiveInt a) (PositiveInt b) ->
                let n = 2 + a * 7919 % 1_000_000
                let k = 1 + b * 104_729 % (n - 1)
                let share = float k / float n
                let at t = ScheduleTerm.at Kind.Timesteps t

                let run stages =
                    (ScheduleExpression(ScheduleTerm.stages stages)).Compile sd

                let flat = run [ Position.Share 0.0, at 2.0; Position.Share share, at 1.0 ]
                Expect.equal (flat.TimestepAt(k, n), flat.TimestepAt(k + 1, n)) (2, 1) $"{k} of {n}"

                // The same within a stage that begins after as many steps.
                let inner =
                    ScheduleTerm.stages [ Position.Share 0.0, at 2.0; Position.Share share, at 1.0 ]

                let nested = run [ Position.Share 0.0, at 3.0; Position.Share 0.5, inner ]
                let at i = nested.TimestepAt(i, 2 * n)
                Expect.equal (at n, at (n + 1), at (n + k), at (n + k + 1)) (3, 2, 2, 1) $"{k} of {n}, nested")

        law "a point at k / N is met at step k" (fun (PositiveInt a) (PositiveInt b) ->
            let n = 2 + a * 7919 % 1_000_000
            let k = 1 + b * 104_729 % (n - 1)

            let points =
                ScheduleTerm.points Kind.Timesteps [
                    Position.Share 0.0, 900.0
                    Position.Share(float k / float n), 100.5
                ]

            Expect.equal ((ScheduleExpression points).Compile(sd).TimestepAt(k, n)) 101 "half goes up, exactly")
    ]
