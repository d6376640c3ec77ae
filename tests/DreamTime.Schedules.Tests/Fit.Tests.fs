/// Parameters found again, and curves approximated.
module DreamTime.Schedules.Tests.Fits

open System
open Expecto
open DreamTime.Schedules

let private noise = NoiseSchedule.StableDiffusion

let private schedule (text: string) =
    (ScheduleExpression.Parse text).Compile noise

let private relative (expected: float list) (fit: ScheduleFit) tolerance =
    for expected, found in List.zip expected [ for p in fit.Parameters -> p.Value ] do
        Expect.isLessThan (abs (found - expected)) (tolerance * abs expected) $"{found} for {expected}"

let private recovers start target expected =
    test $"{target} from {start}" {
        let fit = ScheduleFit.ToSchedule(Weights.Parse start, schedule target, 500)
        Expect.isTrue fit.IsConverged $"{fit}"
        relative expected fit 1e-6
        Expect.equal fit.LargestDifference 0 $"{fit}"
        Expect.equal (fit.Expression.Compile(noise).Timesteps 500) ((schedule target).Timesteps 500) "the same schedule"
    }

let tests =
    testList "fit" [
        recovers "snr * gaussian 300 300" "snr * gaussian 500 125" [ 500.0; 125.0 ]
        recovers "snr * gaussian 700 40" "snr * gaussian 500 125" [ 500.0; 125.0 ]
        recovers "gaussian 500 500" "gaussian 412.5 77.25" [ 412.5; 77.25 ]
        recovers "plateau 700 600 100 100" "plateau 800 500 300 100" [ 800.0; 500.0; 300.0; 100.0 ]
        recovers "beta 1 1" "beta 2.5 4" [ 2.5; 4.0 ]
        recovers "logitNormal 0 1" "logitNormal -0.6 0.7" [ -0.6; 0.7 ]
        recovers "snr ^ 1 * gaussian 450 100" "snr ^ 2 * gaussian 400 90" [ 2.0; 400.0; 90.0 ]

        test "m and s from a table of whole timesteps" {
            let timesteps = (schedule "snr * gaussian 500 125").Timesteps 25000

            let fit =
                ScheduleFit.ToTimesteps(Weights.Parse "snr * gaussian 300 300", timesteps, noise)

            relative [ 500.0; 125.0 ] fit 1e-6
        }
        test "a short table says m and s to what its roundings allow" {
            let timesteps = (schedule "snr * gaussian 500 125").Timesteps 100

            let fit =
                ScheduleFit.ToTimesteps(Weights.Parse "snr * gaussian 300 300", timesteps, noise)

            relative [ 500.0; 125.0 ] fit 1e-3
            Expect.isLessThanOrEqual fit.LargestDifference 1 "met within the rounding"
        }
        test "HiFA's curve by a weight of the paper's kind" {
            let hifa = schedule "power 980.5 300.5 0.5"
            let start = Weights.Parse "truncate 301 980 (snr * gaussian 500 125)"

            let before =
                Array.map2 (-) ((schedule (string start)).Timesteps 1000) (hifa.Timesteps 1000)

            let fit = ScheduleFit.ToSchedule(start, hifa, 1000)

            let rms (differences: int[]) =
                sqrt (differences |> Array.averageBy (fun d -> float d * float d))

            Expect.isTrue fit.IsConverged $"{fit}"
            Expect.floatClose { absolute = 1e-12; relative = 0.0 } (rms fit.Differences) fit.RootMeanSquare "rms"
            // Measured: 58.6 before, 6.68 after; no Gaussian falls as steeply as a square root begins.
            Expect.isGreaterThan (rms before) 50.0 "before"
            Expect.isLessThan fit.RootMeanSquare 7.0 $"{fit}"
        }
        test "no neighbour of a fit is nearer" {
            let target = schedule "line 900 100"
            let fit = ScheduleFit.ToSchedule(Weights.Parse "gaussian 500 200", target, 200)

            let cost (weight: Weight) =
                let calculus = WeightCalculus.Of(weight, noise)

                Seq.sum (
                    seq {
                        for i in 1..200 do
                            let u = float i / 200.0
                            let difference = calculus.Timestep u - (900.0 - 800.0 * u)
                            difference * difference
                    }
                )

            let values = [ for p in fit.Parameters -> p.Value ]
            let least = cost fit.Weight

            for change in [ -1e-3; 1e-3 ] do
                for k in 0..1 do
                    let moved = values |> List.mapi (fun j v -> if j = k then v * (1.0 + change) else v)

                    Expect.isLessThan
                        least
                        (cost (WeightParameters.replace moved fit.Weight))
                        $"parameter {k}, {change}"
        }
        test "a number without effect stays" {
            let fit =
                ScheduleFit.ToSchedule(Weights.Parse "constant 7 * gaussian 300 300", schedule "gaussian 500 125", 200)
            // Its slope is nothing but rounding.
            relative [ 7.0; 500.0; 125.0 ] fit 1e-3
        }
        test "the report says what is left" {
            let fit =
                ScheduleFit.ToSchedule(Weights.Parse "gaussian 500 100", schedule "at 500", 4)

            let differences = fit.Differences
            Expect.equal differences.Length 4 ""
            Expect.equal fit.LargestDifference (differences |> Array.map abs |> Array.max) ""
            Expect.equal (abs differences[fit.WorstStep - 1]) fit.LargestDifference ""
            Expect.stringContains (string fit) $"largest difference {fit.LargestDifference} timesteps" ""
        }
        test "what cannot be fitted is refused with the reason" {
            let refused (shape: string) (target: string) (part: string) =
                match ScheduleFit.toSchedule 10<step> (schedule target) (Weights.Parse shape) with
                | Ok fit -> failtest $"{fit}"
                | Error reason -> Expect.stringContains reason part ""

            refused "snr" "at 500" "0"
            refused "gaussian 500 100" "uniform 20 980" "without draws"
            refused "constant 0" "at 500" "no mass"

            Expect.throwsT<ArgumentOutOfRangeException>
                (fun () -> ScheduleFit.ToTimesteps(Weights.Parse "gaussian 1 1", [| 1001 |], noise) |> ignore)
                ""
        }
    ]
