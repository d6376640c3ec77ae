/// Laws of the words of schedules, over generated expressions, runs and seeds.
module DreamTime.Schedules.Tests.TermLaws

open System
open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

/// Steps of a run to look at: the ends, beyond them, and some within.
let private stepsOf (case: TermCase) =
    [ -1; 0; 1; 2; case.Steps / 3; case.Steps / 2; case.Steps - 1; case.Steps; case.Steps + 2 ]
    |> List.distinct

let private compile (case: TermCase) term =
    (ScheduleExpression term).Compile case.Noise

let private run (case: TermCase) term =
    (compile case term).Timesteps(case.Steps, 3L)

let private isSingle (case: TermCase) = not case.Expression.Term.HasSecond

let private isFixed (case: TermCase) =
    isSingle case && case.Expression.IsDeterministic

let private lawOfFixed name property =
    lawOver 800 name (fun (case: TermCase) ->
        if isFixed case then
            property case)

let private falls (timesteps: int[]) =
    timesteps |> Array.pairwise |> Array.forall (fun (a, b) -> b <= a)

let private timestepsOf name change =
    lawOfFixed name (fun case ->
        let term = case.Expression.Term
        let before = run case term
        let wrap, expected = change case before
        Expect.equal (run case (wrap term)) expected $"{case.Expression}")

let tests =
    testList "laws of schedules" [
        lawOver 3000 "every word means what its definition says" (fun (case: TermCase) ->
            let schedule = case.Schedule
            let term = case.Expression.Term

            for i in stepsOf case do
                let low, high, isSure = Reference.timesteps case.Noise term i case.Steps

                if isSure then
                    for seed, sample in [ 0L, 0; 7L, 2 ] do
                        let t = schedule.TimestepAt(i, case.Steps, seed, sample)
                        Expect.isTrue (low <= t && t <= high) $"i = {i} of {case.Steps}: {t} in {low}..{high}")

        lawOver 1500 "a second timestep means what its definition says, and stays in 1..T" (fun (case: TermCase) ->
            let schedule = case.Schedule

            for i in stepsOf case do
                let second = schedule.SecondTimestepAt(i, case.Steps, 5L, 1)
                let place = float (Math.Clamp(i, 0, case.Steps))

                match Reference.seconds case.Noise case.Expression.Term place (float case.Steps) with
                | None -> Expect.isFalse second.HasValue $"{i}"
                | Some reading ->
                    Expect.isTrue (second.HasValue && schedule.HasSecondTimestep) $"{i}"
                    let t = float second.Value
                    Expect.isTrue (1.0 <= t && t <= float case.Timesteps) "in 1..T"

                    if reading.Sure then
                        let limit (t: float) =
                            Math.Clamp(t, 1.0, float case.Timesteps)

                        Expect.isGreaterThan t (limit reading.Low - 0.5 - 1e-6) $"i = {i}, {reading}"
                        Expect.isLessThan t (limit reading.High + 0.5 + 1e-6) $"i = {i}, {reading}")

        lawOver 1500 "a run is its steps one by one" (fun (case: TermCase) ->
            let schedule = case.Schedule

            Expect.equal
                (schedule.Timesteps(case.Steps, 11L))
                [| for i in 1 .. case.Steps -> schedule.TimestepAt(i, case.Steps, 11L, 0) |]
                "")

        lawOver
            1500
            "what claims never to rise does not, whatever N, seed and sample"
            (fun (case: TermCase) (n: PositiveInt) ->
                let schedule = case.Schedule

                if schedule.NeverRises then
                    for steps in [ 1; case.Steps; n.Get; 997 ] do
                        Expect.isTrue (falls (schedule.Timesteps(steps, int64 n.Get))) $"N = {steps}")

        lawOfFixed "clamp, shift, quantise and rounds to the same keep a run from rising" (fun case ->
            let inner = case.Expression.Term

            if case.Schedule.NeverRises then
                for outer in
                    [
                        ScheduleTerm.clamp 2.0 40.0 inner
                        ScheduleTerm.shift -3.25 inner
                        ScheduleTerm.quantise 7 inner
                        ScheduleTerm.perSample inner
                        ScheduleTerm.stages [ Position.Share 0.0, inner ]
                    ] do
                    Expect.isTrue (compile case outer).NeverRises $"claimed by {outer}")

        timestepsOf "reverse is the run backwards" (fun _ before -> ScheduleTerm.reverse, Array.rev before)

        timestepsOf "reverse twice is nothing" (fun _ before -> ScheduleTerm.reverse >> ScheduleTerm.reverse, before)

        timestepsOf "clamp limits timestep by timestep" (fun case before ->
            let low = min 3 case.Timesteps
            let high = max low (case.Timesteps / 2)
            ScheduleTerm.clamp (float low) (float high), before |> Array.map (fun t -> Math.Clamp(t, low, high)))

        timestepsOf "clamps meet where they overlap" (fun case before ->
            let low = min 10 case.Timesteps

            ScheduleTerm.clamp 2.0 50.0 >> ScheduleTerm.clamp (float low) 90.0,
            before |> Array.map (fun t -> Math.Clamp(Math.Clamp(t, 2, 50), low, 90)))

        lawOver
            1000
            "a line between whole timesteps is exact, ties too"
            (fun (a: PositiveInt) (b: PositiveInt) (n: PositiveInt) ->
                let first, last, n = 1 + a.Get * 37 % 1000, 1 + b.Get * 59 % 1000, n.Get * 13
                let line = ScheduleTerm.line Kind.Timesteps (float first) (float last)

                let points =
                    ScheduleTerm.points Kind.Timesteps [ Position.Step 0, float first; Position.Step n, float last ]

                for term in [ line; points ] do
                    let schedule = (ScheduleExpression term).Compile NoiseSchedule.StableDiffusion

                    for i in 0..n do
                        // floor(x + 1/2) of x = first + (last - first) i / n, in whole numbers.
                        let exact = (2 * (first * n + (last - first) * i) + n) / (2 * n)
                        Expect.equal (schedule.TimestepAt(i, n)) exact $"{term}, i = {i} of {n}")

        lawOfFixed "a whole shift adds" (fun case ->
            let term = case.Expression.Term
            let before, after = run case term, run case (ScheduleTerm.shift 4.0 term)

            for i in 1 .. case.Steps do
                // Adding to a value that is all but half rounds it to the half.
                let _, _, isSure = Reference.timesteps case.Noise term i case.Steps

                if isSure then
                    Expect.equal after[i - 1] (min case.Timesteps (before[i - 1] + 4)) $"i = {i}")

        timestepsOf "quantising again changes nothing" (fun case _ ->
            ScheduleTerm.quantise 7 >> ScheduleTerm.quantise 7, run case (ScheduleTerm.quantise 7 case.Expression.Term))

        timestepsOf "as many levels as timesteps, or more, change nothing" (fun case before ->
            ScheduleTerm.quantise case.Timesteps >> ScheduleTerm.quantise Int32.MaxValue, before)

        timestepsOf "a reach of 0, a stage and a batch change nothing" (fun _ before ->
            (fun term ->
                ScheduleTerm.stages [ Position.Share 0.0, ScheduleTerm.jitter 0 (ScheduleTerm.perBatch term) ]),
            before)

        law "quantise is monotone" (fun (levels: PositiveInt) ->
            let timesteps = 200

            [| for t in 1..timesteps -> Plan.quantise levels.Get timesteps (float t) |]
            |> Array.pairwise
            |> Array.iter (fun (less, more) -> Expect.isLessThanOrEqual less more ""))

        law "the nearest of the levels, the larger of two as near" (fun (t: PositiveInt) (levels: PositiveInt) ->
            let timesteps = 1000
            let t = 1 + t.Get % timesteps
            let levels = 1 + levels.Get % timesteps
            let candidates = [ for k in levels .. -1 .. 1 -> (2 * timesteps * k + levels) / (2 * levels) ]

            Expect.equal
                (Plan.quantise levels timesteps (float t))
                (candidates |> List.minBy (fun level -> abs (level - t)) |> float)
                "")

        lawOver 800 "a stage of n steps is a run of n" (fun (case: TermCase) (other: TermCase) ->
            if isFixed case && isFixed other then
                let second = ScheduleTerm.shift 0.0 other.Expression.Term
                let first = case.Expression.Term

                // The other term is about timesteps that this noise may not have.
                if other.Timesteps <= case.Timesteps && not (string second |> fun text -> text.Contains "table") then
                    let n, m = case.Steps, other.Steps

                    let staged =
                        ScheduleTerm.stages [ Position.Share 0.0, first; Position.Step n, second ]

                    Expect.equal
                        ((compile case staged).Timesteps(n + m))
                        (Array.append ((compile case first).Timesteps n) ((compile case second).Timesteps m))
                        "")

        law "positions in steps do not depend on N" (fun (NonNegativeInt start) (values: PositiveInt list) ->
            let start = start % 50

            let points =
                values
                |> List.truncate 5
                |> List.mapi (fun k v -> Position.Step(start + 7 * k), float (1 + v.Get % 60))

            if not points.IsEmpty then
                let schedule =
                    (ScheduleExpression(ScheduleTerm.points Kind.Timesteps points))
                        .Compile(NoiseSchedule.SquaredCosine 60)

                for i in 1..40 do
                    Expect.equal (schedule.TimestepAt(i, 100)) (schedule.TimestepAt(i, 40)) $"i = {i}")

        lawOver 800 "between a b is between b a" (fun (case: TermCase) ->
            match case.Expression.Term with
            | ScheduleTerm.Between(low, high) ->
                Expect.equal
                    (run case (ScheduleTerm.between low high))
                    (run case (ScheduleTerm.between high low))
                    "drawn alike"
            | term when isFixed case ->
                let other = ScheduleTerm.line Kind.Timesteps (float case.Timesteps) 1.0

                Expect.equal
                    (run case (ScheduleTerm.between term other))
                    (run case (ScheduleTerm.between other term))
                    ""

                Expect.equal (run case (ScheduleTerm.between term term)) (run case term) "between the same is the same"
            | _ -> ())

        lawOver 1500 "the innermost of perSample and perBatch decides" (fun (case: TermCase) ->
            let term = case.Expression.Term
            let at (schedule: Schedule) sample = [ for i in 1..6 -> schedule.TimestepAt(i, 6, 9L, sample) ]
            let batch = compile case (ScheduleTerm.perSample (ScheduleTerm.perBatch term))
            let sample = compile case (ScheduleTerm.perBatch (ScheduleTerm.perSample term))
            Expect.equal (at sample 4) (at (compile case (ScheduleTerm.perSample term)) 4) "perSample inside"
            Expect.equal (at batch 4) (at (compile case (ScheduleTerm.perBatch term)) 4) "perBatch inside"

            if not batch.PerSample then
                Expect.equal (at batch 4) (at batch 0) "one draw for all"

            Expect.equal (at sample 0) (at batch 0) "sample 0 draws what a batch draws")

        test "every deterministic form that falls is known to" {
            let falling = [
                "dreamtime"
                "ceiling (dreamtime)"
                "at 500"
                "line 900 100"
                "power 981 301 0.5"
                "cosine 900 1"
                "exponential 900 3"
                "points [(0.1, 900), (0.5, 900), (0.7, 20)]"
                "points [(step 10, 900), (step 400, 20)]"
                "sigmas [14.6, 3, 3, 0.1]"
                "reverse (line 1 900)"
                "reverse (stages [(0, line 1 5), (0.5, points [(0, 5), (1, 9)])])"
                "uniform 7 7"
                "clamp 20 20 (uniform 1 900)"
                "clamp 20 980 (dreamtime)"
                "shift -7.5 (dreamtime)"
                "quantise 50 (dreamtime)"
                "jitter 0 (dreamtime)"
                "perSample (perBatch (dreamtime))"
                "pair (dreamtime) (uniform 1 20)"
                "ahead 0.1 (at 1) (dreamtime)"
                "stages [(0, line 900 500), (step 30, at 500), (step 60, line 500 1)]"
                "clamp 100 900 (stages [(0, line 900 100), (0.5, line 90 1)])"
            ]

            for text in falling do
                let schedule = (ScheduleExpression.Parse text).Compile NoiseSchedule.StableDiffusion
                Expect.isTrue schedule.NeverRises text
                Expect.isTrue (falls (schedule.Timesteps 777)) text
        }

        test "what may rise is not claimed to fall" {
            for text in
                [
                    "line 1 900"
                    "reverse (dreamtime)"
                    "sds"
                    "between (at 5) (at 500)"
                    "normal (line 900 100) 3"
                    "jitter 1 (dreamtime)"
                    "points [(0, 900), (0.5, 100), (1, 101)]"
                    "sigmas [1, 2]"
                    "stages [(0, at 5), (0.5, at 6)]"
                ] do
                let schedule = (ScheduleExpression.Parse text).Compile NoiseSchedule.StableDiffusion
                Expect.isFalse schedule.NeverRises text
        }
    ]
