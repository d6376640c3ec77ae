/// Sampled timesteps against the densities that the words promise, by Pearson's chi-square.
/// Seeds are fixed; a sound generator fails one of these in ten thousand.
module DreamTime.Schedules.Tests.DrawLaws

open System
open Expecto
open DreamTime.Schedules

let private sd = NoiseSchedule.stableDiffusion

let private compile text =
    (ScheduleExpression.Parse text).Compile sd

/// What chi-square exceeds with probability 1e-4 (Wilson and Hilferty's approximation; 3.719 is the normal's quantile).
let private critical (freedom: int) =
    let k = 2.0 / (9.0 * float freedom)
    float freedom * (1.0 - k + 3.719 * sqrt k) ** 3.0

/// Draws against probabilities; cells that expect fewer than five are taken together with the next.
let private fits name (probabilities: (int * float) list) (draws: int[]) =
    let counts = draws |> Array.countBy id |> Map.ofArray
    let total = float draws.Length
    let allowed = probabilities |> List.map fst |> Set.ofList
    Expect.all draws allowed.Contains $"{name}: only what can be drawn"
    // The probabilities are summed from densities to about 1e-9.
    Expect.floatClose { absolute = 1e-6; relative = 0.0 } (List.sumBy snd probabilities) 1.0 $"{name}: a distribution"

    let cells = ResizeArray<float * float>()
    let mutable expected, found = 0.0, 0.0

    for value, probability in probabilities do
        expected <- expected + probability * total
        found <- found + float (counts |> Map.tryFind value |> Option.defaultValue 0)

        if expected >= 5.0 then
            cells.Add((expected, found))
            expected <- 0.0
            found <- 0.0

    let last, lastFound = cells[cells.Count - 1]
    cells[cells.Count - 1] <- (last + expected, lastFound + found)

    let chiSquare = cells |> Seq.sumBy (fun (e, f) -> (f - e) * (f - e) / e)
    Expect.isLessThan chiSquare (critical (cells.Count - 1)) $"{name}: {cells.Count} cells"

let private even low high = [ for t in low..high -> t, 1.0 / float (high - low + 1) ]

let private draws count (schedule: Schedule) =
    // The step stays the same: the seed alone makes the draws.
    [| for seed in 1..count -> schedule.TimestepAt(500, 1000, int64 seed, 0) |]

/// A normal density's mass between two points, by Simpson's rule; not normalised.
let private mass centre deviation low high =
    let density x =
        let z = (x - centre) / deviation
        exp (-z * z / 2.0)

    let h = (high - low) / 16.0

    [ 0..16 ]
    |> List.sumBy (fun k ->
        (if k = 0 || k = 16 then 1.0
         elif k % 2 = 1 then 4.0
         else 2.0)
        * density (low + h * float k))
    |> (*) (h / 3.0)

/// A normal draw in [1/2, T + 1/2), rounded.
let private truncatedNormal timesteps centre deviation =
    let masses = [ for t in 1..timesteps -> t, mass centre deviation (float t - 0.5) (float t + 0.5) ]

    let total = List.sumBy snd masses
    masses |> List.map (fun (t, m) -> t, m / total)

/// Both draws of a step as one number.
let private joint (schedule: Schedule) count = [|
    for seed in 1..count do
        let first = schedule.TimestepAt(1, 10, int64 seed, 0)
        let second = schedule.SecondTimestepAt(1, 10, int64 seed, 0).Value
        1000 * first + (second - first)
|]

let private product (left: (int * float) list) (right: (int * float) list) = [
    for a, p in left do
        for b, q in right do
            1000 * a + b, p * q
]

let tests =
    testList "draws" [
        test "uniform and between" {
            fits "uniform, by seed" (even 21 60) (draws 20000 (compile "uniform 21 60"))
            fits "uniform, by step" (even 21 60) ((compile "uniform 21 60").Timesteps(20000, 4L))

            fits
                "uniform, by sample"
                (even 21 60)
                (let schedule = compile "perSample (uniform 21 60)" in
                 [| for sample in 0..19999 -> schedule.TimestepAt(3, 10, 8L, sample) |])

            // At half the run: from 450 to 500.
            fits "between" (even 450 500) (draws 20000 (compile "between (line 800 100) (at 500)"))
            fits "between, turned" (even 450 500) (draws 20000 (compile "between (at 500) (line 800 100)"))
        }

        test "normal, narrow and wide, inside and cut off at either end" {
            let noise = NoiseSchedule.SquaredCosine 60

            for centre, deviation in [ 30.0, 4.0; 30.0, 0.7; 58.0, 9.0; 1.0, 12.0; 30.0, 40.0; 60.0, 300.0; 15.0, 30.0 ] do
                let text = FormattableString.Invariant $"normal (at {centre}) {deviation}"
                let schedule = (ScheduleExpression.Parse text).Compile noise
                fits text (truncatedNormal 60 centre deviation) (draws 20000 schedule)
        }

        test "a deviation along the run, and a negative one, which is as its opposite" {
            let noise = NoiseSchedule.SquaredCosine 60

            for text in [ "normal (line 50 10) (line 8 0)"; "normal (at 30) (line -8 0)" ] do
                fits text (truncatedNormal 60 30.0 4.0) (draws 20000 ((ScheduleExpression.Parse text).Compile noise))

            Expect.all
                (draws 500 ((ScheduleExpression.Parse "normal (at 30) 0").Compile noise))
                ((=) 30)
                "without deviation the centre"
        }

        test "jitter, also where 1..T cuts it off" {
            fits "jitter" (even 97 103) (draws 20000 (compile "jitter 3 (at 100)"))
            let cut = (1, 4.0 / 7.0) :: [ for t in 2..4 -> t, 1.0 / 7.0 ]
            fits "jitter at the lower end" cut (draws 20000 (compile "jitter 3 (at 1)"))

            // The sum of two draws, 0..9 and -2..2: independent, so their distributions fold.
            let folded =
                [
                    for a in 0..9 do
                        for b in -2 .. 2 -> 100 + a + b, 1.0 / 50.0
                ]
                |> List.groupBy fst
                |> List.map (fun (t, cells) -> t, List.sumBy snd cells)
                |> List.sort

            fits "jitter of a draw" folded (draws 20000 (compile "jitter 2 (uniform 100 109)"))
        }

        test "ahead: the floor of a share of the room" {
            // Room 480, a tenth: 0..47 alike. Room 485: 48.5, so that 48 is half as likely.
            let further (room: float) = [
                for k in 0 .. int (ceil room) - 1 -> k, (min (float k + 1.0) room - float k) / room
            ]

            for t, room in [ 500, 48.0; 505, 48.5 ] do
                let schedule = compile $"ahead 0.1 (at 20) (at {t})"

                [| for seed in 1..20000 -> schedule.SecondTimestepAt(1, 10, int64 seed, 0).Value - t |]
                |> fits $"ahead of {t}" (further room)
        }

        test "two words that draw at one step are independent" {
            fits
                "pair of two draws"
                (product (even 101 108) (even 0 7))
                (joint (compile "pair (uniform 101 108) (uniform 0 7)") 20000)

            fits
                "pair of a jitter and a draw"
                (product (even 98 102) (even 0 9))
                (joint (compile "pair (jitter 2 (at 100)) (uniform 0 9)") 20000)

            fits
                "pair of a window and a jitter"
                (product (even 101 108) (even 1 9))
                (joint (compile "pair (between (at 101) (at 108)) (jitter 4 (line 5 5))") 20000)
        }

        test "steps, seeds and samples are independent" {
            let schedule = compile "perSample (uniform 1 8)"

            let at step seed sample =
                schedule.TimestepAt(step, 100_000, seed, sample)

            let expected = product (even 1 8) (even 1 8)
            let pairs next = [| for i in 1..20000 -> 1000 * at i 5L 0 + next i |]
            fits "the next step" expected (pairs (fun i -> at (i + 1) 5L 0))
            fits "the next seed" expected (pairs (fun i -> at i 6L 0))
            fits "the next sample" expected (pairs (fun i -> at i 5L 1))
            fits "seed and step swapped" expected (pairs (fun i -> at 5 (int64 i) 0))
        }

        test "numbers draw too" {
            let scalar = ScalarSchedule.Parse "uniform -3 4"

            [| for seed in 1..20000 -> int (scalar.ValueAt(1, 10, int64 seed)) |] |> fits "uniform" (even -3 4)
        }
    ]
