/// The algebra of weights: tables equal within 4 ulp, timesteps equal wherever the nearest is nearer by more than 1e-12.
module DreamTime.Schedules.Tests.WeightLaws

open System
open Expecto
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private values (case: Case) weight = Oracle.evaluate case.Noise weight

/// The number of doubles between two numbers of one sign.
let private ulps (a: float) (b: float) =
    if a = b || Double.IsNaN a && Double.IsNaN b then
        0L
    else
        abs (BitConverter.DoubleToInt64Bits a - BitConverter.DoubleToInt64Bits b)

/// Below this a product has lost digits already.
let private isNormal (value: float) = value = 0.0 || Double.IsNormal value

let private agree (case: Case) left right =
    for t, (a, b) in Array.indexed (Array.zip (values case left) (values case right)) do
        if isNormal a && isNormal b then
            Expect.isLessThanOrEqual (ulps a b) 4L $"t = {t + 1}: {a} and {b}"

let private tryCompile (case: Case) weight =
    try
        Some(WeightTable.compile case.Noise weight)
    with :? ScheduleException ->
        None

/// Whether the weights are sound enough for rounding to be all that tells them apart.
let private isTame (case: Case) weight =
    values case weight |> Array.forall (fun w -> w = 0.0 || w > 1e-100 && w < 1e100)

let private sameTimesteps (case: Case) left right =
    if isTame case left && isTame case right then
        match tryCompile case left, tryCompile case right with
        | Some a, Some b ->
            let weights = a.Normalised

            for i in 1 .. min case.Steps 40 do
                let u = float i / float case.Steps
                let t, s = int (a.Invert u), int (b.Invert u)

                if t <> s then
                    let distance = Oracle.distance weights u
                    Expect.isLessThan (abs (distance t - distance s)) 1e-12 $"i = {i} of {case.Steps}: {t} or {s}"
        | a, b -> Expect.equal a.IsSome b.IsSome "both compile or neither does"

let private equals (case: Case) left right =
    agree case left right
    sameTimesteps case left right

let private lawOfThree name property =
    law name (fun (case: Case) (second: Case) (third: Case) ->
        property case case.Weight (Case.WeightOf second) (Case.WeightOf third))

let tests =
    testList "algebra of weights" [
        lawOfThree "a sum is the same in any order and grouping" (fun case a b c ->
            let positive = values case a, values case b, values case c

            equals case (a + b) (b + a)

            match positive with
            | a', b', c' when Array.forall (fun w -> w >= 0.0) (Array.concat [ a'; b'; c' ]) ->
                equals case (a + b + c) (a + (b + c))
            | _ -> ())

        lawOfThree "a product is the same in any order and grouping" (fun case a b c ->
            equals case (a * b) (b * a)

            if isTame case a && isTame case b && isTame case c then
                equals case (a * b * c) (a * (b * c)))

        lawOfThree "min and max are the same in any order and grouping, and nothing with themselves" (fun case a b c ->
            for both in [ Weight.minimum; Weight.maximum ] do
                equals case (both a b) (both b a)
                equals case (both (both a b) c) (both a (both b c))
                equals case (both a a) a)

        lawOfThree "1 times, plus 0, over 1, to the 1 are nothing" (fun case a _ _ ->
            for weight in
                [
                    a * Weight.constant 1.0
                    a + Weight.constant 0.0
                    a / 1.0
                    a ** 1.0
                    Weight.mirror (Weight.mirror a)
                    Weight.truncate -5 1000 a
                    a * Weight.window -5 1000
                ] do
                equals case a weight)

        lawOfThree "a product is spread over a sum" (fun case a b c ->
            if isTame case a && isTame case b && isTame case c then
                equals case (a * (b + c)) (a * b + a * c))

        lawOfThree "scaling changes no timestep" (fun case a _ _ ->
            if isTame case a then
                for scale in [ 3.7; 1e-9; 1e12 ] do
                    sameTimesteps case a (a * Weight.constant scale)
                    sameTimesteps case a (a / scale))

        lawOfThree "truncating twice is truncating to the overlap, and is a product with a window" (fun case a _ _ ->
            equals case (Weight.truncate 2 30 (Weight.truncate 5 90 a)) (Weight.truncate 5 30 a)
            equals case (Weight.truncate 5 30 a) (a * Weight.window 5 30))

        lawOfThree "truncating goes into products, sums, min and max" (fun case a b _ ->
            let cut = Weight.truncate 3 12
            equals case (cut (a + b)) (cut a + cut b)
            equals case (cut (a * b)) (cut a * b)
            equals case (cut (Weight.minimum a b)) (Weight.minimum (cut a) (cut b))
            equals case (cut (Weight.maximum a b)) (Weight.maximum (cut a) (cut b)))

        lawOfThree "powers of a weight multiply" (fun case a _ _ ->
            if isTame case a then
                equals case (a ** 2.0) (a * a)
                // 0 ^ -1 is infinite, and infinite times 0 is 0.
                if values case a |> Array.forall (fun w -> w > 0.0) then
                    equals case (a ** 2.0 * a ** -1.0) a)

        lawOfThree "a schedule of a truncated weight only loses what was cut" (fun case a _ _ ->
            match tryCompile case (Weight.truncate 3 12 a) with
            | Some table ->
                for i in 1 .. min case.Steps 40 do
                    let t = int (table.Invert(float i / float case.Steps))
                    Expect.isTrue (3 <= t && t <= 12) $"{t}"
            | None -> ())

        lawOfThree
            "looking up takes a t whose tail sum reaches u, and the nearest never lies below it"
            (fun case a _ _ ->
                match tryCompile case a with
                | Some table ->
                    let tails = Array.scanBack (+) table.Normalised 0.0

                    for i in 1 .. min case.Steps 40 do
                        let u = float i / float case.Steps
                        let reached, nearest = int (table.Reach u), int (table.Invert u)
                        // Sums of at most 42 weights err by less than 1e-13.
                        Expect.isGreaterThan (tails[reached - 1] - u) -1e-13 "it reaches"

                        Expect.isLessThan
                            (tails[nearest - 1] - tails[reached - 1])
                            1e-12
                            "the nearest is not further down"
                | None -> ())

        test "a sum of 10,000 terms is refused, and a program does not crash on it" {
            let error =
                Expect.throwsC (fun () -> Seq.replicate 10_000 Weight.snr |> Seq.reduce (+) |> ignore) (fun error ->
                    error :?> ArgumentException)

            Expect.stringContains error.Message "250" ""

            let balanced =
                let rec build count =
                    if count = 1 then Weight.snr else build (count / 2) + build (count - count / 2)

                build 10_000

            Expect.equal
                (WeightTable.compile NoiseSchedule.StableDiffusion balanced |> _.Invert(0.5) |> int)
                846
                "a tree is fine"
        }

        test "a schedule of 10,000 nested words is refused" {
            let nest wrap =
                Expect.throwsC
                    (fun () ->
                        Seq.fold (fun inner _ -> wrap inner) (ScheduleExpression.At 5) (seq { 1..10_000 }) |> ignore)
                    (fun error -> error :?> ArgumentException)

            for wrap in
                [
                    fun (inner: ScheduleExpression) -> ScheduleExpression.Clamp(1, 9, inner)
                    ScheduleExpression.Reverse
                    ScheduleExpression.EachSample
                    fun inner -> ScheduleExpression.Stages [ struct (0.0, inner) ]
                ] do
                Expect.stringContains (nest wrap).Message "250" ""
        }
    ]
