/// The paper's schedule on known noises, computed once in double precision outside this project.
module DreamTime.Schedules.Tests.Golden

open System
open System.Buffers.Binary
open System.Security.Cryptography
open Expecto
open DreamTime.Schedules

let private compile (noise: NoiseSchedule) text =
    (ScheduleExpression.Parse text).Compile noise

let private paper = "snr * gaussian 500 125"

let private words (text: string) =
    text.Split(' ') |> Array.map int |> Array.toList

let private progress = [
    1e-4
    0.01
    0.05
    0.1
    0.2
    0.25
    0.3
    0.4
    0.5
    0.6
    0.7
    0.75
    0.8
    0.9
    0.95
    0.99
    0.999
    1.0
]

let private inverse noise text =
    let table = WeightTable.compile noise (Weights.Parse text)
    fun u -> int (table.Invert u)

let private languageTable = [
    "snr * gaussian 500 125", "720 664 623 588 556 524 489 449 394 1"
    "gaussian 500 125", "661 606 566 532 501 469 435 395 340 1"
    "snr", "979 954 924 889 846 792 720 617 453 1"
    "constant 1", "901 801 701 601 501 401 301 201 101 1"
    "clamp 200 1000 (constant 1)", "901 801 701 601 501 401 301 201 200 200"
    "truncate 20 980 (snr * gaussian 500 125)", "720 664 623 588 556 524 489 449 394 20"
    "plateau 800 500 300 100", "930 865 803 742 681 620 559 498 431 1"
    "snr ^ 2 * gaussian 400 90", "571 531 502 478 455 432 407 379 340 1"
    "gaussian 300 40 + gaussian 700 60 / 2", "744 706 669 610 347 321 303 285 263 1"
    "(gaussian 300 40 + gaussian 700 60) * snr", "788 760 739 721 703 684 661 626 329 1"
]

let private checksums = [
    10, 5008, "b5ecda1e0e24eb62"
    100, 55100, "85bdc277ac7e593d"
    500, 277766, "d5eea1c687b26747"
    1000, 556098, "ac6dfef64e4be4e7"
    5000, 2782662, "9cab711b429bf031"
    10000, 5565873, "7219921502e6cfc6"
    25000, 13915434, "91ec956967988b20"
]

let private ends = [
    100, "855 820 798 781 767 756 745 736", "370 360 349 335 319 298 264 1"
    1000, "946 923 908 896 887 879 872 866", "248 242 234 225 213 198 172 1"
    10000, "991 983 976 970 965 961 957 953", "160 155 149 142 133 121 101 1"
    25000, "997 993 989 986 983 980 977 975", "131 126 121 114 106 95 77 1"
]

let private inverses = [
    paper, "991 855 767 720 664 642 623 588 556 524 489 470 449 394 349 264 172 1"
    "gaussian 500 125", "957 791 706 661 606 585 566 532 501 469 435 416 395 340 295 210 115 1"
]

let private sweep = [
    400, 125, "928 616 539 454 370 295 1"
    600, 125, "1000 825 748 661 574 497 1"
    500, 50, "696 573 543 509 475 445 1"
    500, 75, "801 616 571 520 469 423 1"
    500, 100, "914 665 603 535 467 406 1"
    500, 150, "1000 781 687 582 479 387 1"
    500, 200, "1000 885 779 645 507 386 1"
    500, 300, "1000 954 880 744 569 403 1"
]

let private hashOf (timesteps: int[]) =
    let bytes = Array.zeroCreate<byte>(4 * timesteps.Length)

    timesteps
    |> Array.iteri (fun k t -> BinaryPrimitives.WriteInt32LittleEndian(Span(bytes, 4 * k, 4), t))

    Convert.ToHexStringLower(SHA256.HashData bytes).Substring(0, 16)

let private shareAbove (timesteps: int[]) t =
    timesteps |> Array.findIndex (fun s -> s <= t) |> (+) 1

let tests =
    testList "golden" [
        for text, expected in languageTable do
            test $"language table: {text}" {
                let schedule = compile NoiseSchedule.stableDiffusion text
                Expect.equal (List.ofArray (schedule.Timesteps 10)) (words expected) text
                Expect.equal (string schedule) text "prints as it was written"
            }

        test "N = 20" {
            let expected =
                words "767 720 689 664 642 623 605 588 572 556 540 524 507 489 470 449 425 394 349 1"

            Expect.equal (List.ofArray ((compile NoiseSchedule.stableDiffusion paper).Timesteps 20)) expected ""
        }

        for steps, sum, hash in checksums do
            test $"sum and hash at N = {steps}" {
                let timesteps = (compile NoiseSchedule.stableDiffusion paper).Timesteps steps
                Expect.equal (Array.sum timesteps, hashOf timesteps) (sum, hash) ""
            }

        for steps, first, last in ends do
            test $"first and last eight at N = {steps}" {
                let timesteps = (compile NoiseSchedule.stableDiffusion paper).Timesteps steps
                Expect.equal (List.ofArray timesteps[..7]) (words first) "first"
                Expect.equal (List.ofArray timesteps[steps - 8 ..]) (words last) "last"
            }

        for text, expected in inverses do
            test $"inverse of {text}" {
                Expect.equal (progress |> List.map (inverse NoiseSchedule.stableDiffusion text)) (words expected) ""
                Expect.equal (inverse NoiseSchedule.stableDiffusion paper 0.0) 1000 "u = 0 is the top"
            }

        test "inverse of Wd alone" {
            let at = inverse NoiseSchedule.stableDiffusion "snr"
            Expect.equal (List.map at [ 0.1; 0.5; 0.6; 0.9 ]) [ 979; 846; 792; 453 ] ""
        }

        test "inverse of the first version's plateau" {
            let at = inverse NoiseSchedule.stableDiffusion "plateau 800 500 300 100"

            Expect.equal
                (List.map at [ 1e-4; 0.01; 0.1; 0.25; 0.5; 0.75; 0.9; 0.99; 1.0 ])
                (words "1000 993 930 834 681 528 431 303 1")
                ""
        }

        for m, s, expected in sweep do
            test $"sweep m = {m}, s = {s}" {
                let at = inverse NoiseSchedule.stableDiffusion $"snr * gaussian {m} {s}"
                Expect.equal (List.map at [ 1e-4; 0.1; 0.25; 0.5; 0.75; 0.9; 1.0 ]) (words expected) ""
            }

        test "DeepFloyd IF's cosine" {
            let table = WeightTable.compile NoiseSchedule.deepFloydIf (Weights.Parse paper)
            // Seven decimals are given.
            Expect.floatClose { absolute = 1e-5; relative = 0.0 } table.Total 356.78092 "Z"

            Expect.equal
                (List.ofArray ((Schedule.descend table).Timesteps 10))
                (words "737 671 627 590 557 524 490 449 394 1")
                ""
        }

        test "DeepFloyd IF's spike: 193 of 10000 steps at t = 1000, none after truncating" {
            let count text =
                (compile NoiseSchedule.deepFloydIf text).Timesteps 10000
                |> Array.filter (fun t -> t > 980)
                |> Array.countBy id
                |> Map.ofArray

            let spiked = count paper
            Expect.equal spiked[1000] 193 "at 1000"
            Expect.equal (Seq.sum spiked.Values) 216 "above 980"
            Expect.isEmpty (count $"truncate 20 980 ({paper})") "above 980, truncated"
        }

        test "DDPM's line" {
            let table = WeightTable.compile NoiseSchedule.ddpm (Weights.Parse paper)
            Expect.floatClose { absolute = 5e-3; relative = 0.0 } table.Total 1488.80 "Z, two decimals given"
            Expect.equal (List.map (table.Invert >> int) [ 0.1; 0.5; 0.9 ]) [ 770; 599; 430 ] ""
        }

        test "Z, the sum, the largest weight" {
            let table = WeightTable.compile NoiseSchedule.stableDiffusion (Weights.Parse paper)
            let weights = table.Normalised
            // A thousand additions, in whichever order, agree to a few ulp.
            Expect.floatClose { absolute = 0.0; relative = 1e-14 } table.Total 563.5498556492205 "Z"
            Expect.floatClose { absolute = 1e-14; relative = 0.0 } (Array.sum weights) 1.0 "sum"
            Expect.equal (Array.IndexOf(weights, Array.max weights) + 1) 554 "argmax"
            // Four or three digits are given.
            Expect.floatClose { absolute = 5e-8; relative = 0.0 } weights[553] 0.0031305 "W(554)"
            Expect.floatClose { absolute = 5e-11; relative = 0.0 } weights[0] 1.79e-8 "W(1)"
            Expect.floatClose { absolute = 5e-9; relative = 0.0 } weights[999] 8.70e-6 "W(1000)"
        }

        test "shape at N = 10000" {
            let timesteps = (compile NoiseSchedule.stableDiffusion paper).Timesteps 10000

            Expect.equal
                (List.map (shareAbove timesteps) [ 900; 800; 700; 600; 500; 400; 300; 200; 100 ])
                [ 36; 287; 1298; 3636; 6686; 8906; 9790; 9979; 10000 ]
                "first step at or below each hundred"

            Expect.equal (timesteps |> Array.distinct |> Array.length) 751 "distinct timesteps"
            Expect.equal (timesteps |> Array.countBy id |> Array.maxBy snd) (568, 32) "longest stay"
        }

        test "a table with abar reversed is refused, and would give another schedule" {
            let reversed = Array.rev NoiseSchedule.StableDiffusion.AlphaBars

            Expect.throwsT<ArgumentException>
                (fun () -> NoiseSchedule.FromAlphaBars reversed |> ignore)
                "abar must fall"

            let flipped =
                Array.init 1000 (fun k ->
                    let z = (float (k + 1) - 500.0) / 125.0
                    sqrt ((1.0 - reversed[k]) / reversed[k]) * exp (-z * z / 2.0))
                |> Oracle.normalise

            Expect.equal
                [ for i in 1..10 -> Oracle.argmin flipped (float i / 10.0) ]
                (words "607 552 512 477 445 413 378 337 281 1")
                "what the bug gives"
        }
    ]
