/// Derivatives against central differences, over random weights and over every primitive by itself.
module DreamTime.Schedules.Tests.CalculusLaws

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private tryCalculus noise weight =
    try
        Some(WeightCalculus.Of(weight, noise))
    with :? ScheduleException ->
        None

/// The same weight with one of its numbers changed, where it still is one.
let private tryMoved noise weight p change =
    try
        WeightParameters.ofWeight weight
        |> List.mapi (fun k parameter -> if k = p then parameter.Value + change else parameter.Value)
        |> fun values -> tryCalculus noise (WeightParameters.replace values weight)
    with :? ArgumentException ->
        None

let private support (calculus: WeightCalculus) =
    calculus.Table.Normalised |> Array.map (fun w -> w > 0.0)

/// A relative step: its square and the 2^-53 of a double, divided by it, are both small.
let private stepOf value =
    if value = 0.0 then 1e-6 else 1e-6 * abs value

/// Compares a slope with the central difference of a function at -h and h. `slack` is the error of the function itself.
let private expectSlope slack value exact (before: float) (after: float) name =
    let h = stepOf value
    let difference = (after - before) / h / 2.0

    Expect.isLessThanOrEqual
        (abs (difference - exact))
        (1e-4 * abs exact + slack / h)
        $"{name}: {exact}, not {difference}"

/// Whether no `min` or `max` is near to changing its side at t: a tie has no derivative.
let rec private isSmooth (noise: NoiseSchedule) t weight =
    let at weight =
        Weight.eval noise (t * 1<timestep>) weight

    match weight with
    | Weight.Minimum(left, right)
    | Weight.Maximum(left, right) ->
        abs (at left - at right) > 1e-4 * (abs (at left) + abs (at right)) + 1e-5
        && isSmooth noise t left
        && isSmooth noise t right
    | Weight.Product(left, right)
    | Weight.Sum(left, right) -> isSmooth noise t left && isSmooth noise t right
    | Weight.Quotient(inner, _)
    | Weight.Power(inner, _)
    | Weight.Truncate(_, _, inner) -> isSmooth noise t inner
    | Weight.Mirror inner -> isSmooth noise (noise.Timesteps + 1 - t) inner
    | Weight.Plateau(upper, lower, _, _) ->
        // Its slope has a kink at its edges, which a difference across them sees.
        abs (float t - upper) > 1e-2 && abs (float t - lower) > 1e-2
    | Weight.P2(k, _) ->
        // Near its pole it bends within the step of a difference.
        let alphaBar = noise.AlphaBar(t * 1<timestep>)
        k + alphaBar / (1.0 - alphaBar) > 1e-2
    | _ -> true

/// Which side each `min` and `max` takes at t, and on which side of its edges each plateau is: where a difference crosses none, it sees one branch.
let rec private sides (noise: NoiseSchedule) t weight : int list =
    let at weight =
        Weight.eval noise (t * 1<timestep>) weight

    match weight with
    | Weight.Minimum(left, right)
    | Weight.Maximum(left, right) -> compare (at left) (at right) :: sides noise t left @ sides noise t right
    | Weight.Product(left, right)
    | Weight.Sum(left, right) -> sides noise t left @ sides noise t right
    | Weight.Quotient(inner, _)
    | Weight.Power(inner, _)
    | Weight.Truncate(_, _, inner) -> sides noise t inner
    | Weight.Mirror inner -> sides noise (noise.Timesteps + 1 - t) inner
    | Weight.Plateau(upper, lower, _, _) -> [ compare (float t) upper; compare (float t) lower ]
    | _ -> []

let private staysOnItsSides (noise: NoiseSchedule) (weights: Weight list) =
    seq { 1 .. noise.Timesteps }
    |> Seq.forall (fun t -> weights |> List.map (sides noise t) |> List.distinct |> List.length = 1)

let private isSmoothEverywhere (case: Case) =
    seq { 1 .. case.AlphaBars.Length } |> Seq.forall (fun t -> isSmooth case.Noise t case.Weight)

/// For every parameter the calculus of the weight a little less and a little more; none where the support differs.
let private neighbours noise weight (calculus: WeightCalculus) = [
    for p, parameter in Seq.indexed calculus.Parameters do
        let h = stepOf parameter.Value

        match tryMoved noise weight p -h, tryMoved noise weight p h with
        | Some before, Some after when
            support before = support calculus
            && support after = support calculus
            && staysOnItsSides noise [ weight; before.Table.Weight; after.Table.Weight ]
            ->
            p, parameter, before, after
        | _ -> ()
]

let private lawOf name property =
    numericalLaw name (fun (case: Case) ->
        match tryCalculus case.Noise case.Weight with
        | None -> Prop.classify true "does not compile" true
        | Some calculus ->
            property case calculus
            Prop.classify false "does not compile" true)

/// A law about weights that have a derivative at every t.
let private smoothLawOf name property =
    lawOf name (fun case calculus ->
        if isSmoothEverywhere case then
            property case calculus)

let private areFinite (values: float list) = List.forall Double.IsFinite values

let private primitives = [
    "gaussian 12 4"
    "plateau 14.3 8.6 3 5"
    "constant 2 + gaussian 9 3"
    "beta 2.5 1.5"
    "beta 0.5 0.5"
    "logitNormal 0.3 0.8"
    "p2 1 1"
    "p2 0.3 1.7"
    "table [1, 2, 4, 3, 5, 1, 2, 3, 1, 1, 4, 2, 1, 1, 3, 2, 2, 1, 1, 1]"
    "snr ^ 1.5 * gaussian 10 5"
    "(gaussian 5 3 + gaussian 12 4) / 3"
    "min (gaussian 5 3) (gaussian 12.3 4)"
    "max (gaussian 5 3) (gaussian 12.3 4)"
    "mirror (plateau 14.3 8.6 3 5 * snr)"
    "truncate 3 15 (gaussian 9 3 ^ 0.7)"
]

let tests =
    testList "calculus" [
        law
            "replacing every parameter by itself changes nothing; by another, the text at that place"
            (fun (case: Case) ->
                let values = WeightParameters.ofWeight case.Weight |> List.map _.Value
                Expect.equal (WeightParameters.replace values case.Weight) case.Weight "same"

                let doubled = values |> List.map (fun value -> 2.0 * value)

                try
                    let changed = WeightParameters.replace doubled case.Weight
                    Expect.equal (WeightParameters.ofWeight changed |> List.map _.Value) doubled "doubled"
                with :? ArgumentException ->
                    ())

        lawOf "the slopes of a weight are its differences" (fun case calculus ->
            let largest = Oracle.evaluate case.Noise case.Weight |> Array.max

            for p, parameter, before, after in neighbours case.Noise case.Weight calculus do
                for t in 1 .. case.AlphaBars.Length do
                    let at (calculus: WeightCalculus) =
                        Weight.eval case.Noise (t * 1<timestep>) calculus.Table.Weight

                    let exact = calculus.WeightSlopes(t)[p]
                    let before, after = at before, at after

                    if areFinite [ exact; before; after ] && isSmooth case.Noise t case.Weight then
                        // 1e-13 of the largest value is its rounding, and the next term of the difference.
                        expectSlope (1e-13 * largest) parameter.Value exact before after $"{parameter} at t = {t}")

        smoothLawOf "the slopes of the tail sum are its differences" (fun case calculus ->
            for p, parameter, before, after in neighbours case.Noise case.Weight calculus do
                for t in 1 .. case.AlphaBars.Length + 1 do
                    let exact = calculus.TailSumSlopes(t)[p]

                    if Double.IsFinite exact then
                        // Sums of at most 42 numbers below 1.
                        expectSlope
                            1e-12
                            parameter.Value
                            exact
                            (before.TailSum t)
                            (after.TailSum t)
                            $"{parameter} at t = {t}")

        smoothLawOf "the slopes of t(u) are its differences" (fun case calculus ->
            for p, parameter, before, after in neighbours case.Noise case.Weight calculus do
                for k in 1..19 do
                    let u = float k / 19.7
                    let exact = calculus.TimestepSlopes(u)[p]
                    let lower = int (floor (calculus.Timestep u))

                    let isSteep =
                        lower <= case.AlphaBars.Length && calculus.Table.Normalised[max 1 lower - 1] < 1e-3

                    // At a whole timestep t(u) itself has a kink.
                    let isStraight =
                        [ before; calculus; after ]
                        |> List.distinctBy (fun calculus -> floor (calculus.Timestep u))
                        |> List.length
                            =
                            1

                    if Double.IsFinite exact && isStraight && not isSteep then
                        // The error of the sum, divided by the least mass looked at.
                        expectSlope
                            1e-9
                            parameter.Value
                            exact
                            (before.Timestep u)
                            (after.Timestep u)
                            $"{parameter} at u = {u}")

        lawOf "t(u), rounded to the support, is the schedule" (fun case calculus ->
            let schedule = Schedule.descend calculus.Table

            let candidates = [
                for t in 1 .. case.AlphaBars.Length do
                    if calculus.Table.Normalised[t - 1] > 0.0 then
                        t
            ]

            for i in 1 .. case.Steps do
                let real = calculus.Timestep(float i / float case.Steps)
                let distance (t: int) = abs (float t - real)
                let chosen = schedule.TimestepAt(i, case.Steps)
                let nearest = candidates |> List.map distance |> List.min
                // Beside the tie, rounding of sums; where sums absorb weights, many timesteps are equally near.
                let gap = Oracle.distance calculus.Table.Normalised (float i / float case.Steps)

                Expect.isTrue
                    (distance chosen <= nearest + 1e-6
                     || candidates
                        |> List.exists (fun t -> distance t <= nearest + 1e-6 && abs (gap t - gap chosen) < 1e-12))
                    $"i = {i}: {chosen} for {real}")

        lawOf "t(u) never rises, and S(T + 1) = 0" (fun case calculus ->
            let values = [ for k in 0..50 -> calculus.Timestep(float k / 50.0) ]
            // 1e-9: shares of an interval are rounded.
            for earlier, later in List.pairwise values do
                Expect.isLessThanOrEqual later (earlier + 1e-9) ""

            Expect.equal (calculus.TailSum(case.AlphaBars.Length + 1)) 0.0 "")

        yield!
            primitives
            |> List.map (fun text ->
                test $"slopes of {text}" {
                    let noise = NoiseSchedule.ScaledLinear(0.00085, 0.012, 20)
                    let weight = Weights.Parse text
                    let calculus = WeightCalculus.Of(weight, noise)
                    let compared = neighbours noise weight calculus
                    Expect.equal compared.Length calculus.Parameters.Count "every parameter is compared"

                    for p, parameter, before, after in compared do
                        for t in 1..20 do
                            let at (calculus: WeightCalculus) =
                                Weight.eval noise (t * 1<timestep>) calculus.Table.Weight

                            let exact = calculus.WeightSlopes(t)[p]
                            expectSlope 1e-13 parameter.Value exact (at before) (at after) $"{parameter}, W({t})"

                        for k in 1..39 do
                            let u = float k / 40.0 - 0.007
                            let exact = calculus.TimestepSlopes(u)[p]

                            Expect.isFalse
                                (calculus.Timestep u = floor (calculus.Timestep u))
                                "between whole timesteps"

                            expectSlope
                                1e-11
                                parameter.Value
                                exact
                                (before.Timestep u)
                                (after.Timestep u)
                                $"{parameter}, t({u})"
                })

        test "the constant weight has t(u) = 1001 - 1000 u, whatever the constant" {
            let calculus = WeightCalculus.Of(Weight.constant 3.0, NoiseSchedule.StableDiffusion)

            for u in [ 0.0; 0.1; 0.25; 0.5; 0.77; 1.0 ] do
                Expect.floatClose { absolute = 1e-9; relative = 0.0 } (calculus.Timestep u) (1001.0 - 1000.0 * u) $"{u}"
                Expect.floatClose { absolute = 1e-9; relative = 0.0 } (calculus.TimestepSlopes(u)[0]) 0.0 $"slope {u}"
        }
        test "the mean of a Gaussian far inside moves t(u) with itself" {
            let calculus =
                WeightCalculus.Of(Weights.Parse "gaussian 500 40", NoiseSchedule.StableDiffusion)

            for u in [ 0.2; 0.5; 0.9 ] do
                let slopes = calculus.TimestepSlopes u
                let z = (calculus.Timestep u - 500.5) / 40.0
                // Between whole timesteps S is straight, so that its slope there is off by at most z / 80 of itself.
                Expect.floatClose { absolute = 0.02; relative = 0.0 } slopes[0] 1.0 "by m"
                Expect.floatClose { absolute = 0.03; relative = 0.0 } slopes[1] z "by s"
        }
        test "at a kink the derivative is that of the branch taken" {
            let slopes text t =
                List.ofArray (
                    WeightCalculus.Of(Weights.Parse text, NoiseSchedule.ScaledLinear(0.1, 0.2, 20)).WeightSlopes t
                )

            Expect.equal (slopes "min (constant 2) (constant 2)" 5) [ 1.0; 0.0 ] "the left of equals"
            Expect.equal (slopes "max (constant 2) (constant 2)" 5) [ 1.0; 0.0 ] "the left of equals"
            Expect.equal (slopes "min (constant 3) (constant 2)" 5) [ 0.0; 1.0 ] "the lesser"
            Expect.equal (slopes "max (constant 3) (constant 2)" 5) [ 1.0; 0.0 ] "the greater"
            Expect.equal (slopes "plateau 14 8 3 5" 14) [ 0.0; 0.0; 0.0; 0.0 ] "the upper edge belongs to the plateau"
            Expect.equal (slopes "plateau 14 8 3 5" 8) [ 0.0; 0.0; 0.0; 0.0 ] "the lower edge too"
            Expect.equal (slopes "truncate 6 9 (constant 2)" 5) [ 0.0 ] "cut off"
            Expect.equal (slopes "truncate 5 9 (constant 2)" 5) [ 1.0 ] "the end is inside"
            Expect.equal (slopes "window 6 9 * constant 2 + snr" 5) [ 0.0 ] "outside the window"
        }
        test "numbers of other counts are refused" {
            Expect.throwsT<ArgumentException> (fun () -> WeightParameters.replace [ 1.0 ] Weight.snr |> ignore) "none"

            Expect.throwsT<ArgumentOutOfRangeException>
                (fun () -> WeightParameters.replace [ 1.0; 0.0 ] (Weight.gaussian 1.0 2.0) |> ignore)
                "a deviation of 0"
        }
    ]
