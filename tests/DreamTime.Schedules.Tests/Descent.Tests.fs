/// Compiled runs, schedules that provably fall, and the faults of compiling as data.
module DreamTime.Schedules.Tests.Descents

open System
open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private sd = NoiseSchedule.StableDiffusion

let private compile text =
    (ScheduleExpression.Parse text).Compile sd

let private refused = [
    "uniform 21 981", "uniform 21 981", "draws"
    "clamp 20 980 (jitter 3 (snr))", "jitter 3 (snr)", "draws"
    "stages [(0, snr), (0.5, uniform 1 5)]", "uniform 1 5", "draws"
    "line 1 500", "line 1 500", "above its first"
    "clamp 1 600 (cosine 1 500)", "cosine 1 500", "above its first"
    "points [(0, 900), (0.5, 400), (1, 450)]", "points [(0, 900), (0.5, 400), (1, 450)]", "from 400 at u = 0.5 to 450"
    "points [(step 1, 400), (step 9, 450)]", "points [(step 1, 400), (step 9, 450)]", "at step 1 to 450 at step 9"
    "reverse (snr)", "reverse (snr)", "reverse"
    "sigmas [2, 1, 1.5]", "sigmas [2, 1, 1.5]", "sigma 3, 1.5"
    "stages [(0, line 500 1), (0.5, at 300)]", "stages [(0, line 500 1), (0.5, at 300)]", "a stage begins above"
    "pair (line 1 500) -20", "line 1 500", "above its first"
]

let private faults = [
    "constant -1", CompileFault.NegativeWeight, Nullable 1
    "snr * constant -1", CompileFault.NegativeWeight, Nullable 1
    "window 300 400 ^ -1", CompileFault.InfiniteWeight, Nullable 1
    "constant 0", CompileFault.NoMass, Nullable()
    "at 2000", CompileFault.DoesNotFit, Nullable 2000
    "table [1, 2]", CompileFault.DoesNotFit, Nullable()
]

let tests =
    testList "descents" [
        for text, part, reason in refused do
            test $"no descent: {text}" {
                match DescendingSchedule.ofSchedule (compile text) with
                | Ok _ -> failtest "accepted"
                | Error fault ->
                    Expect.equal (string fault.Part) part "the part"
                    Expect.stringContains fault.Reason reason "the reason"

                    Expect.stringContains
                        (Expect.throwsC (fun () -> DescendingSchedule.Of(compile text) |> ignore) _.Message)
                        reason
                        "as an exception"
            }

        for text in [ "snr"; "hifa"; "clamp 200 1000 (constant 1)"; "reverse (line 1 900)"; "at 5"; "pair (snr) -20" ] do
            test $"a descent: {text}" {
                match DescendingSchedule.ofSchedule (compile text) with
                | Ok descent -> Expect.equal (descent.Over(50).ToArray()) ((compile text).Timesteps 50) ""
                | Error fault -> failtest (string fault)
            }

        law "what is taken for a descent never rises and draws nothing; all else says why" (fun (case: TermCase) ->
            let schedule = case.Expression.Compile(NoiseSchedule.SquaredCosine case.Timesteps)

            match DescendingSchedule.ofSchedule schedule with
            | Ok descent ->
                Expect.isTrue (schedule.IsDeterministic && schedule.NeverRises) "as the schedule says of itself"

                for steps in [ 1; 2; 7; 100 ] do
                    for before, after in Array.pairwise (descent.Over(steps).ToArray()) do
                        Expect.isLessThanOrEqual after before $"N = {steps}"
            | Error fault ->
                Expect.isFalse (schedule.IsDeterministic && schedule.NeverRises) "as the schedule says of itself"
                Expect.stringContains (string schedule) (string fault.Part) "the part is one of it")

        law "a table's inverse is a descent" (fun (case: Case) ->
            match Schedule.tryCompile case.Noise (ScheduleExpression.Descend case.Weight) with
            | Error _ -> ()
            | Ok schedule ->
                let table = WeightTable.compile case.Noise case.Weight
                let run = (DescendingSchedule.ofTable table).Over case.Steps
                Expect.equal (run.ToArray()) (schedule.Timesteps case.Steps) "")

        law
            "a run holds what the schedule says, step by step"
            (fun (case: TermCase) (steps: PositiveInt) (seed: int64) ->
                let schedule = case.Expression.Compile(NoiseSchedule.SquaredCosine case.Timesteps)
                let steps = steps.Get
                let run = schedule.Over(steps, seed)

                for i in 1..steps do
                    Expect.equal run[i] (schedule.TimestepAt(i, steps, seed, 0)) $"step {i}"
                    Expect.equal (run.At(i * 1<step>)) (run[i] * 1<timestep>) $"step {i}"

                Expect.equal (run.AsSpan().ToArray()) (run.ToArray()) "span")

        law "the values of a weight, node by node, are those of its meaning" (fun (case: Case) ->
            let values = WeightValues.over case.Noise case.Weight
            let meant = Oracle.evaluate case.Noise case.Weight

            for k in 0 .. meant.Length - 1 do
                Expect.equal
                    (BitConverter.DoubleToInt64Bits values[k])
                    (BitConverter.DoubleToInt64Bits meant[k])
                    $"t = {k + 1}")

        test "a run has 1 to 1,000,000 steps, and no others" {
            let run = (compile "dreamtime").Over 10
            Expect.equal [ for i in 1..10 -> run[i] ] [ 720; 664; 623; 588; 556; 524; 489; 449; 394; 1 ] ""

            for step in [ 0; -1; 11; Int32.MinValue; Int32.MaxValue ] do
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> run[step] |> ignore) $"step {step}"

            for steps in [ 0; -1; 1_000_001 ] do
                Expect.throwsT<ArgumentOutOfRangeException>
                    (fun () -> (compile "snr").Over steps |> ignore)
                    $"N = {steps}"

            Expect.equal ((compile "dreamtime").Over(1_000_000).Steps) 1_000_000 ""
        }

        test "looking up allocates nothing" {
            let run = (compile "dreamtime").Over 1000

            let allocated () =
                let before = GC.GetAllocatedBytesForCurrentThread()
                let mutable sum = 0

                for i in 1..1000 do
                    sum <- sum + run[i]

                Expect.equal sum 556098 "the sum of the golden run"
                GC.GetAllocatedBytesForCurrentThread() - before

            let each = [ for _ in 1..3 -> allocated () ]
            Expect.isLessThan (List.min each) 1000L "less than a byte a look-up; the first time may load code"
        }

        for text, fault, t in faults do
            test $"fault as data: {text}" {
                match Schedule.tryCompile sd (ScheduleExpression.Parse text) with
                | Ok _ -> failtest "compiled"
                | Error error ->
                    Expect.equal (error.Fault, error.Timestep) (fault, t) error.Message
                    Expect.isFalse (error.Message.Contains '\n') "one line"

                    Expect.equal
                        (Expect.throwsC (fun () -> compile text |> ignore) _.Message)
                        error.Message
                        "the exception says the same"
            }
    ]
