/// Other programs' lists: their meaning, step by step, and round trips.
module DreamTime.Schedules.Tests.Conversions

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Schedules

let private noise = NoiseSchedule.StableDiffusion

/// threestudio's number at its global step g, as its documentation says it: the reference.
let private scalar (list: float list) (isExponential: bool) (g: int) =
    let list = if list.Length = 3 then 0.0 :: list else list

    let rec segment list =
        match list with
        | [ s0; v0; v1; s1 ] -> s0, v0, v1, s1
        | _ :: _ :: v1 :: s1 :: rest when rest.Length >= 2 && float g >= s1 -> segment (s1 :: v1 :: rest)
        | s0 :: v0 :: v1 :: s1 :: _ -> s0, v0, v1, s1
        | _ -> failwith "no list"

    let s0, v0, v1, s1 = segment list
    let share = Math.Clamp((float g - s0) / (s1 - s0), 0.0, 1.0)

    if isExponential then
        exp (log v0 * (1.0 - share) + log v1 * share)
    else
        v0 + (v1 - v0) * share

let private close expected found message =
    Expect.floatClose { absolute = 1e-12; relative = 1e-12 } found expected message

let private refused read (text: string) (part: string) =
    try
        failtest $"{text} is read: {read text}"
    with :? ScheduleConversionException as error ->
        Expect.stringContains error.Message part text
        Expect.isFalse (error.Message.Contains '\n') error.Message

/// A list of threestudio: rising steps and numbers above 0.
type private NumberList = { Steps: int list; Values: float list }

let private numberList =
    gen {
        let! count = Gen.choose (2, 5)
        let! start = Gen.choose (0, 20)

        let! gaps =
            Gen.listOfLength (count - 1) (Gen.frequency [ 1, Gen.constant 1; 3, Gen.choose (2, 40) ])

        let! values =
            Gen.listOfLength count (Gen.choose (1, 999) |> Gen.map (fun v -> float v / 1000.0))

        return { Steps = List.scan (+) start gaps; Values = values }
    }

type private Lists =
    static member NumberList() = Arb.fromGen numberList

let private law name (property: NumberList -> unit) =
    testPropertyWithConfig
        {
            FsCheckConfig.defaultConfig with
                maxTest = 300
                arbitrary = [ typeof<Lists> ]
        }
        name
        property

let private entries list = [
    float list.Steps.Head
    list.Values.Head
    for step, value in List.zip list.Steps.Tail list.Values.Tail do
        value
        float step
]

let private textOf list =
    let shown =
        entries list |> List.map (fun v -> v.ToString("R", Globalization.CultureInfo.InvariantCulture))

    $"""[{String.Join(", ", shown)}]"""

let private threestudio =
    testList "threestudio" [
        law "numbers are those of threestudio at every step, one later" (fun list ->
            let linear = ThreestudioList.ToNumbers(textOf list)
            let exponential = ThreestudioList.ToNumbers(textOf list, true)

            for i in 1..200 do
                close (scalar (entries list) false (i - 1)) (linear.ValueAt(i, 200)) $"{textOf list} at {i}"
                close (scalar (entries list) true (i - 1)) (exponential.ValueAt(i, 200)) $"{textOf list} exp at {i}")

        law "export (import list) means the list" (fun list ->
            let text = ThreestudioList.OfNumbers(ThreestudioList.ToNumbers(textOf list), 200)
            let again = ThreestudioList.ToNumbers text

            for i in 1..200 do
                close (scalar (entries list) false (i - 1)) (again.ValueAt(i, 200)) $"{textOf list}, {text} at {i}")

        law "timesteps are drawn from threestudio's range at every step" (fun list ->
            let smallest = "0.001"

            let schedule =
                ThreestudioList.ToTimesteps(smallest, textOf list, 1000).Compile noise

            for i in 1..150 do
                let exact = 1000.0 * scalar (entries list) false (i - 1)
                let drawn = [ for seed in 1L .. 15L -> schedule.TimestepAt(i, 150, seed, 0) ]
                Expect.isLessThanOrEqual (List.max drawn) (int (floor (exact + 1e-9)) + 1) $"{textOf list} at {i}"
                Expect.isGreaterThanOrEqual (List.min drawn) 2 "the smallest index is 1")

        test "the idiom of a jump" {
            let numbers = ThreestudioList.ToNumbers "[5000, 0.98, 0.5, 5001]"
            Expect.equal (numbers.ValueAt(5001, 10000)) 0.98 "g = 5000"
            Expect.equal (numbers.ValueAt(5002, 10000)) 0.5 "g = 5001"
            Expect.equal (ThreestudioList.OfNumbers(numbers, 10000)) "[5000, 0.98, 0.5, 5001]" "and back"
        }
        test "ProlificDreamer, Zero123, SDS and HiFA's ends become the language's words" {
            let range smallest largest =
                string (ThreestudioList.ToTimesteps(smallest, largest, 1000))

            Expect.equal (range "0.02" "0.98") "uniform 21 981" ""

            Expect.equal
                (range "0.02" "[5000, 0.98, 0.5, 5001]")
                "stages [(step 0, uniform 21 981), (step 5001, uniform 21 501)]"
                ""

            Expect.equal
                (range "[0, 0.4, 0.2, 200]" "[0, 0.85, 0.5, 200]")
                "between (points [(step 1, 400.5), (step 201, 200.5)]) (points [(step 1, 850.5), (step 201, 500.5)])"
                ""

            Expect.equal
                (range "[0, 0.98, 0.3, 100]" "[0, 0.98, 0.3, 100]")
                "points [(step 1, 980.5), (step 101, 300.5)]"
                ""

            Expect.equal
                (range "[0.5, 0.0, 10]" "[0.5, 0.0, 10]")
                "shift -0.5 (points [(step 1, 501), (step 11, 1)])"
                ""
        }
        test "int() rounds down, also between knots" {
            let schedule =
                ThreestudioList.ToTimesteps("[0, 0.5, 0.4, 7]", "[0, 0.5, 0.4, 7]", 1000).Compile noise

            for g in 0..10 do
                let index = int (floor (1000.0 * scalar [ 0.0; 0.5; 0.4; 7.0 ] false g + 1e-9))
                Expect.equal (schedule.TimestepAt(g + 1, 20)) (index + 1) $"g = {g}"
        }
        test "export says lines, points and stages, or why not" {
            let write (text: string) =
                ThreestudioList.OfNumbers(ScalarSchedule.Parse text, 100)

            Expect.equal (write "0.3") "0.3" ""
            Expect.equal (write "line 1 0.1") "[-1, 1, 0.1, 99]" ""
            Expect.equal (write "stages [(step 0, 0.98), (step 5001, 0.5)]") "[5000, 0.98, 0.5, 5001]" ""
            Expect.equal (write "points [(0.1, 1), (0.5, 2), (1, 4)]") "[9, 1, 2, 49, 4, 99]" ""
            Expect.equal (write "points [(step 5, 1), (step 9, 1)]") "1" ""

            for text in [ "line 1 0.1"; "points [(0.1, 1), (0.5, 2), (1, 4)]"; "stages [(0, 1), (0.5, line 3 2)]" ] do
                let numbers = ScalarSchedule.Parse text
                let again = ThreestudioList.ToNumbers(write text)

                for i in 1..100 do
                    close (numbers.ValueAt(i, 100)) (again.ValueAt(i, 100)) $"{text} at {i}"

            refused write "cosine 1 0.1" "'cosine 1 0.1'"
            refused write "uniform 1 9" "'uniform 1 9'"
            refused write "points [(0.333, 1), (1, 2)]" "whole steps"
        }
        test "what is no list is refused with the reason" {
            let numbers (text: string) = string (ThreestudioList.ToNumbers text)
            refused numbers "" "no finite number"
            refused numbers "[]" "empty"
            refused numbers "[1" "ends with ']'"
            refused numbers "[" "ends with ']'"
            refused numbers "[1, x, 3]" "Entry 2"
            refused numbers "[1, , 3]" "Entry 2"
            refused numbers "[1, NaN, 3]" "Entry 2"
            refused numbers "[1]" "found 1 numbers"
            refused numbers "[1, 2]" "found 2 numbers"
            refused numbers "[1, 2, 3, 4, 5]" "found 5 numbers"
            refused numbers "[0, 0.1, 0.2, 1.0]" "epochs"
            refused numbers "[0, 0.1, 0.2, 10, 0.3, 20.0]" "epochs"
            refused numbers "[10, 0.1, 0.2, 10]" "must rise"
            refused (fun text -> string (ThreestudioList.ToNumbers(text, true))) "[0, 0.0, 1.0, 10]" "exponential"

            let range smallest (largest: string) =
                string (ThreestudioList.ToTimesteps(smallest, largest, 1000))

            refused (range "0.5") "0.4" "above the largest"
            refused (range "0.02") "[0, 0.98, 0.01, 100]" "above the largest"
            refused (range "0.02") "1.0" "below 1"
            refused (range "-0.1") "0.5" "0..1"
        }
    ]

let private sigmas =
    testList "sigmas" [
        test "Karras, exponential and polyexponential go from the highest to the lowest as their formulas say" {
            let karras = SigmaList.Karras(5, 0.1, 10.0, 7.0)
            let middle = ((10.0 ** (1.0 / 7.0) + 0.1 ** (1.0 / 7.0)) / 2.0) ** 7.0
            close 10.0 karras[0] "first"
            close middle karras[2] "middle"
            close 0.1 karras[4] "last"

            let exponential = SigmaList.Exponential(5, 0.1, 10.0)
            close 1.0 exponential[2] "the geometric mean"
            Expect.sequenceEqual (SigmaList.Polyexponential(5, 0.1, 10.0, 1.0)) exponential "rho = 1"
            close (exp (log 0.1 + 0.25 * log 100.0)) (SigmaList.Polyexponential(5, 0.1, 10.0, 2.0)[2]) "rho = 2"
            Expect.equal (SigmaList.Karras(1, 0.1, 10.0, 7.0).Length) 1 "one level"
            close 10.0 (SigmaList.Karras(1, 0.1, 10.0, 7.0)[0]) "which is the highest"
        }
        test "a model's ends are Stable Diffusion's" {
            Expect.floatClose { absolute = 5e-4; relative = 0.0 } (SigmaList.Lowest noise) 0.0292 ""
            Expect.floatClose { absolute = 5e-4; relative = 0.0 } (SigmaList.Highest noise) 14.6146 ""
            let zeroTerminal = NoiseSchedule.FromAlphaBars [| 0.9; 0.5; 0.0 |]
            Expect.throwsT<ScheduleException> (fun () -> SigmaList.Highest zeroTerminal |> ignore) "no finite end"
        }
        test "a run of as many steps takes a list one by one: t of the nearest noise" {
            let list =
                SigmaList.Karras(20, SigmaList.Lowest noise, SigmaList.Highest noise, 7.0)

            let timesteps = (ScheduleExpression.Sigmas list).Compile(noise).Timesteps 20
            Expect.equal timesteps[0] 1000 "first"
            Expect.equal timesteps[19] 1 "last"

            for sigma, t in Array.zip list timesteps do
                let distance t =
                    abs (log (noise.Sigma(t * 1<timestep>)) - log sigma)

                for other in [ t - 1; t + 1 ] do
                    if other >= 1 && other <= 1000 then
                        // The nearest in t is the nearest in log sigma but for the bend of one step.
                        Expect.isLessThan (distance t) (distance other + 1e-2) $"{sigma}"
        }
        test "import (export schedule) has the schedule's timesteps" {
            for text in
                [ "dreamtime"; "line 980 20"; "reverse (dreamtime)"; "stages [(0, at 900), (0.5, line 300 100)]" ] do
                for steps in [ 1; 7; 40 ] do
                    let schedule = (ScheduleExpression.Parse text).Compile noise
                    let sigmas = SigmaList.OfSchedule(schedule, steps)
                    let indices = TimestepIndices.OfSchedule(schedule, steps)

                    Expect.equal
                        ((ScheduleExpression.Sigmas sigmas).Compile(noise).Timesteps steps)
                        (schedule.Timesteps steps)
                        $"sigmas of {text}, {steps}"

                    let list = $"""[{String.Join(", ", indices)}]"""

                    Expect.equal
                        ((TimestepIndices.Parse list).Compile(noise).Timesteps steps)
                        (schedule.Timesteps steps)
                        $"indices of {text}, {steps}"
        }
        test "lists are read with their last 0, and refused otherwise" {
            Expect.equal (string (SigmaList.Parse "[14.6, 1.5, 0.0]")) "sigmas [14.6, 1.5]" ""
            Expect.equal (string (SigmaList.Parse "3")) "sigmas [3]" ""
            refused (SigmaList.Parse >> string) "[0]" "at least one level"
            refused (SigmaList.Parse >> string) "[1, 0, 1]" "Noise level 2"
            refused (TimestepIndices.Parse >> string) "[999, 1.5]" "Index 2"
            refused (TimestepIndices.Parse >> string) "[-1]" "Index 1"
            let sds = (ScheduleExpression.Parse "sds").Compile noise
            Expect.throwsT<ScheduleConversionException> (fun () -> SigmaList.OfSchedule(sds, 5) |> ignore) "draws"
        }
        test "Align Your Steps as published, and between" {
            let published = AlignYourSteps.Sigmas "sd15"
            Expect.equal published.Length 11 ""
            Expect.equal (AlignYourSteps.Sigmas("sd15", 11)) published "as many"
            Expect.equal (published[0], published[10]) (14.615, 0.029) ""
            let twice = AlignYourSteps.Sigmas("sd15", 21)

            for k in 0..10 do
                close published[k] twice[2 * k] $"{k}"

            close (sqrt (published[0] * published[1])) twice[1] "straight in log sigma"

            for model in AlignYourSteps.Models do
                for before, after in Array.pairwise (AlignYourSteps.Sigmas model) do
                    Expect.isLessThan after before model

            Expect.throwsT<ScheduleConversionException> (fun () -> AlignYourSteps.Sigmas "sd9" |> ignore) ""
        }
        test "Align Your Steps' own timesteps for Stable Diffusion 1.5 are those of its levels" {
            // Published beside the levels, as indices, for the first ten of them.
            let indices = [| 999; 850; 736; 645; 545; 455; 343; 233; 124; 24 |]

            let schedule =
                (ScheduleExpression.Sigmas(AlignYourSteps.Sigmas "sd15")).Compile noise

            for index, t in Array.zip indices (Array.take 10 (schedule.Timesteps 11)) do
                Expect.isLessThanOrEqual (abs (index + 1 - t)) 2 $"{index}"
        }
    ]

let tests = testList "convert" [ threestudio; sigmas ]
