/// Numbers that change along a run.
module DreamTime.Schedules.Tests.Scalars

open System
open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private at text (steps: int) (places: int list) =
    let scalar = ScalarSchedule.Parse text
    [ for i in places -> scalar.ValueAt(i, steps) ]

let private message (action: unit -> unit) =
    Expect.throwsC action (fun error -> error.Message)

let tests =
    testList "numbers" [
        test "constant, line, power, cosine, exponential" {
            Expect.equal (at "0.3" 10 [ -1; 0; 5; 10; 12 ]) [ 0.3; 0.3; 0.3; 0.3; 0.3 ] "constant"
            Expect.equal (at "line 1 0.5" 10 [ -1; 0; 5; 10; 12 ]) [ 1.0; 1.0; 0.75; 0.5; 0.5 ] "line"
            Expect.equal (at "power 1 0 2" 4 [ 0; 1; 2; 4 ]) [ 1.0; 0.9375; 0.75; 0.0 ] "power"
            Expect.equal (at "exponential 1 0.0625" 4 [ 0; 1; 2; 4 ]) [ 1.0; 0.5; 0.25; 0.0625 ] "exponential"

            for value, expected in List.zip (at "cosine 2 0" 4 [ 0; 2; 4 ]) [ 2.0; 1.0; 0.0 ] do
                Expect.floatClose { absolute = 1e-15; relative = 0.0 } value expected "cosine"
        }

        test "threestudio's lists: its step s is step s + 1" {
            // [0, 10, 1000, 5000], the weight of orientation.
            let orient = "points [(step 1, 10), (step 5001, 1000)]"
            Expect.equal (at orient 10000 [ 1; 2501; 5001; 9000 ]) [ 10.0; 505.0; 1000.0; 1000.0 ] "linear"
            Expect.equal (at orient 3000 [ 1; 2501 ]) [ 10.0; 505.0 ] "whatever N is"
            // [5000, 0.98, 0.5, 5001]: a step function.
            Expect.equal
                (at "points [(step 5001, 0.98), (step 5002, 0.5)]" 25000 [ 1; 5001; 5002 ])
                [ 0.98; 0.98; 0.5 ]
                "jump"
            // [0, 2, 8, 100, 4, 200], piecewise.
            Expect.equal
                (at "points [(step 1, 2), (step 101, 8), (step 201, 4)]" 300 [ 1; 51; 101; 151; 201; 300 ])
                [ 2.0; 5.0; 8.0; 6.0; 4.0; 4.0 ]
                "piecewise"
        }

        test "stages, clamps, shifts, reversals" {
            Expect.equal
                (at "stages [(0, at 1), (0.5, line 1 0)]" 8 [ 1; 4; 5; 6; 8 ])
                [ 1.0; 1.0; 0.75; 0.5; 0.0 ]
                "a stage of 4 steps is a run of 4"

            Expect.equal (at "clamp -0.5 0.5 (line 1 -1)" 4 [ 0; 1; 2; 4 ]) [ 0.5; 0.5; 0.0; -0.5 ] "clamp"
            Expect.equal (at "shift 1.5 (line 0 1)" 2 [ 1; 2 ]) [ 2.0; 2.5 ] "shift"
            Expect.equal (at "reverse (line 0 1)" 4 [ 1; 2; 3; 4 ]) [ 1.0; 0.75; 0.5; 0.25 ] "reverse"
        }

        test "numbers near the ends of a double" {
            Expect.equal (at "line 1e308 -1e308" 4 [ 0; 1; 2; 4 ]) [ 1e308; 5e307; 0.0; -1e308 ] "no overflow"
            Expect.equal (at "line 0 5e-324" 2 [ 0; 2 ]) [ 0.0; 5e-324 ] "the smallest"
            let middle = (at "exponential 1e-300 1e300" 2 [ 1 ]).Head
            Expect.floatClose { absolute = 0.0; relative = 1e-12 } middle 1.0 "the ratio exceeds a double"
            Expect.equal (at "exponential 1e-300 1e300" 2 [ 0; 2 ]) [ 1e-300; 1e300 ] "ends"
            Expect.all (at "between (at 1e300) (at -1e300)" 2 [ 1; 2 ]) Double.IsFinite "draws"
        }

        test "draws are of the seed, and counted from the step" {
            let scalar = ScalarSchedule.Parse "uniform 0 1000000"
            Expect.isFalse scalar.IsDeterministic ""
            Expect.equal (scalar.ValueAt(3, 10, 5L)) (scalar.ValueAt(3, 10, 5L)) "pure"
            Expect.notEqual (scalar.ValueAt(3, 10, 5L)) (scalar.ValueAt(3, 10, 6L)) "seed"
            Expect.notEqual (scalar.ValueAt(3, 10, 5L)) (scalar.ValueAt(4, 10, 5L)) "step"
        }

        test "from a program" {
            let pairs = [
                ScalarSchedule.Constant 0.5, "0.5"
                ScalarSchedule.Line(1.0, 0.1), "line 1 0.1"
                ScalarSchedule.Power(1.0, 0.1, 2.0), "power 1 0.1 2"
                ScalarSchedule.Cosine(1.0, 0.0), "cosine 1 0"
                ScalarSchedule.Exponential(1.0, 0.1), "exponential 1 0.1"
                ScalarSchedule.Points [ struct (0.0, 1.0); struct (0.5, -0.0) ], "points [(0, 1), (0.5, 0)]"
                ScalarSchedule.PointsBySteps [ struct (5, 1.0) ], "points [(step 5, 1)]"
                ScalarSchedule.Stages [ struct (0.0, ScalarSchedule.Constant 1.0) ], "stages [(0, at 1)]"
                ScalarSchedule.StagesBySteps [ struct (0, ScalarSchedule.Constant 1.0) ], "stages [(step 0, at 1)]"
                ScalarSchedule.Clamp(0.0, 1.0, ScalarSchedule.Line(-1.0, 2.0)), "clamp 0 1 (line -1 2)"
            ]

            for scalar, text in pairs do
                Expect.equal (string scalar) text "prints"
                Expect.equal (ScalarSchedule.Parse text) scalar "reads"
                Expect.equal (scalar.GetHashCode()) ((ScalarSchedule.Parse text).GetHashCode()) "hashes"

            Expect.stringContains (message (fun () -> ScalarSchedule.Constant nan |> ignore)) "value" ""
            Expect.stringContains (message (fun () -> ScalarSchedule.Exponential(0.0, 1.0) |> ignore)) "first" ""
            Expect.stringContains (message (fun () -> ScalarSchedule.Power(1.0, 0.0, 0.0) |> ignore)) "exponent" ""

            Expect.stringContains
                (message (fun () -> ScalarSchedule.Clamp(2.0, 1.0, ScalarSchedule.Constant 1.0) |> ignore))
                "low"
                ""

            Expect.stringContains (message (fun () -> ScalarSchedule.Points [] |> ignore)) "At least one" ""
            Expect.stringContains (message (fun () -> (ScalarSchedule.Constant 1.0).ValueAt(1, 0) |> ignore)) "steps" ""
        }

        lawOver 2000 "every word means what its definition says" (fun (case: ScalarCase) (PositiveInt n) ->
            for i in [ 0; 1; n / 2; n ] do
                let reading = Reference.read None case.Scalar.Term (float i) (float n)
                let value = case.Scalar.ValueAt(i, n, 3L)
                Expect.isTrue (Double.IsFinite value) $"{i} of {n}"

                if reading.Sure then
                    // The numbers are below 100; both sides round a few times.
                    Expect.isTrue (reading.Low - 1e-9 <= value && value <= reading.High + 1e-9) $"{i} of {n}: {value}")
    ]
