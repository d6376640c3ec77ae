/// Simplified expressions mean what the written ones mean, and every law is shown by an example.
module DreamTime.Schedules.Tests.SimplifyLaws

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private tryCompile noise weight =
    try
        Some(WeightTable.compile noise weight)
    with :? ScheduleException ->
        None

let private ulps (left: float) (right: float) =
    abs (BitConverter.DoubleToInt64Bits left - BitConverter.DoubleToInt64Bits right)

let private isExact (laws: SimplificationLaw seq) = laws |> Seq.forall _.IsExact

/// Whether every part of a weight is 0 or far from the ends of a double's range at t: what laws up to rounding ask for.
let rec private isTame noise t weight =
    let value = Weight.eval noise (t * 1<timestep>) weight
    let isFar = abs value > 1e-140 && abs value < 1e140

    match weight with
    | Weight.Product(left, right)
    | Weight.Sum(left, right)
    | Weight.Minimum(left, right)
    | Weight.Maximum(left, right) -> isTame noise t left && isTame noise t right && (value = 0.0 || isFar)
    | Weight.Quotient(inner, _)
    | Weight.Power(inner, _) -> isTame noise t inner && (value = 0.0 || isFar)
    | Weight.Truncate(low, high, inner) -> t < low || t > high || isTame noise t inner
    | Weight.Mirror inner -> isTame noise (noise.Timesteps + 1 - t) inner
    | Weight.Gaussian _
    | Weight.Plateau _ -> isFar
    | _ -> value = 0.0 || isFar

/// Compares two tables whose weights should be equal.
let private expectEqualTables exact (given: WeightTable) (simplified: WeightTable) =
    for t, (a, b) in Seq.indexed (Array.zip given.Normalised simplified.Normalised) do
        if exact then
            Expect.isLessThanOrEqual (ulps a b) 4L $"t = {t + 1}: {a} and {b}"
        elif max a b > 1e-14 && isTame given.Noise (t + 1) given.Weight then
            // A Gaussian's exponent of up to 322 is off by 2^-53 of itself in each of its few roundings.
            Expect.isLessThan (abs (a - b)) (1e-12 * max a b) $"t = {t + 1}: {a} and {b}"

/// Whether all of the weight's mass is where laws up to rounding hold.
let private allTame (table: WeightTable) (other: WeightTable) =
    Seq.forall2 (fun a b -> max a b <= 1e-14) table.Normalised other.Normalised |> not
    && seq { 1 .. table.Noise.Timesteps }
       |> Seq.forall (fun t ->
           max table.Normalised[t - 1] other.Normalised[t - 1] <= 1e-14 || isTame table.Noise t table.Weight)

let private expectEqualTimesteps steps (given: WeightTable) (simplified: WeightTable) =
    let weights = given.Normalised

    for i in 1..steps do
        let u = float i / float steps
        let a, b = int (given.Invert u), int (simplified.Invert u)

        if a <> b then
            Expect.isLessThan
                (abs (Oracle.distance weights u a - Oracle.distance weights u b))
                1e-12
                $"i = {i} of {steps}: {a} and {b}"

let private weightOf (expression: ScheduleExpression) =
    match expression.Term with
    | ScheduleTerm.Descend weight -> weight
    | other -> failtest $"{other} is no weight"

/// Law, an expression it applies to, what it becomes.
let private examples = [
    "one", "snr * constant 1", "snr"
    "one", "(gaussian 500 125 / 1) ^ 1", "gaussian 500 125"
    "zero", "snr + constant 0", "snr"
    "power-zero", "gaussian 500 125 + snr ^ 0", "gaussian 500 125 + constant 1"
    "constants", "snr + constant 1 * constant 2 + constant 3 ^ 2", "snr + constant 2 + constant 9"
    "tables", "mirror (table [1, 2, 3] + table [1, 0, 0])", "table [3, 2, 2]"
    "tables", "truncate 2 2 (table [1, 2, 3] * constant 2)", "table [0, 4, 0]"
    "idempotent", "min (snr) (snr)", "snr"
    "mirror-mirror", "mirror (mirror (snr))", "snr"
    "windows", "window 1 500 * window 300 900", "window 300 500"
    "windows", "snr + truncate 1 500 (window 300 900) ^ 2", "snr + window 300 500"
    "truncates", "truncate 1 500 (truncate 300 900 (snr))", "truncate 300 500 (snr)"
    "truncates", "truncate 1 500 (snr) * truncate 300 900 (gaussian 400 9)", "truncate 300 500 (snr * gaussian 400 9)"
    "window-factor", "snr * window 20 980", "truncate 20 980 (snr)"
    "plateau-point", "plateau 500 500 30 30", "gaussian 500 30"
    "beta-level", "snr + beta 1 1", "snr + constant 1"
    "power-power", "(snr ^ 2) ^ 3", "snr ^ 6"
    "quotient-quotient", "snr + constant 1 * (snr / 2 / 4)", "snr + snr / 8"
    "gaussian-power", "gaussian 500 60 ^ 4", "gaussian 500 30"
    "scale", "constant 3 * snr / 7", "snr"
    "double", "snr + snr", "snr"
    "gaussian-product", "gaussian 400 100 * snr * gaussian 600 100", "gaussian 500 70.71067811865476 * snr"
    "level", "line 500 500", "at 500"
    "level", "uniform 500 500", "at 500"
    "level", "points [(0.1, 300), (0.9, 300)]", "at 300"
    "clamps", "clamp 1 500 (clamp 300 900 (snr))", "clamp 300 500 (descend (snr))"
    "clamps", "clamp 1 500 (at 700)", "at 500"
    "shift-zero", "shift 0 (uniform 20 980)", "uniform 20 980"
    "jitter-zero", "jitter 0 (uniform 20 980)", "uniform 20 980"
    "reverse-level", "reverse (uniform 20 980)", "uniform 20 980"
    "stages", "stages [(0, line 900 100)]", "line 900 100"
    "stages",
    "stages [(0, uniform 20 980), (0.5, uniform 20 980), (0.7, at 3)]",
    "stages [(0, uniform 20 980), (0.7, at 3)]"
    "per-deterministic", "perSample (line 900 100)", "line 900 100"
    "per-per", "perSample (perBatch (uniform 20 980))", "perBatch (uniform 20 980)"
    "quantise-quantise", "quantise 10 (quantise 10 (uniform 20 980))", "quantise 10 (uniform 20 980)"
    "power-line", "power 900 100 1", "line 900 100"
    "between-levels", "between (at 900) (at 100)", "uniform 100 900"
    "reverse-reverse", "reverse (reverse (line 900 100))", "line 900 100"
    "points-line", "points [(0, 900), (1, 100)]", "line 900 100"
    "shift-shift", "normal (at 500) (shift 1 (shift 2 (line 3 4)))", "normal (at 500) (shift 3 (line 3 4))"
]

let private kept = [
    "min (constant 2) (snr)"
    "constant 2 + snr / 3"
    "truncate 1 5 (truncate 7 9 (snr))"
    "((constant -1 * snr) ^ 2) ^ 0.5"
    "gaussian 100 1 * gaussian 900 1"
    "line 500.5 500.5"
    "clamp 5 5 (uniform 20 980)"
    "stages [(0, line 9 1), (0.5, line 9 1)]"
    "shift 1 (shift 2 (line 900 100))"
]

let private expression = ScheduleExpression.Parse

let tests =
    testList "simplify" [
        law "a simplified weight has the same table and timesteps" (fun (case: Case) ->
            let given = ScheduleExpression.Descend case.Weight
            let laws = given.LawsToSimplify

            match tryCompile case.Noise case.Weight with
            | None -> Prop.classify true "does not compile" true
            | Some table ->
                match tryCompile case.Noise (weightOf (given.Simplify())) with
                | None ->
                    Expect.isFalse (isExact laws) $"{given} to {given.Simplify()}"
                    // Some mass was lost by an underflow on one way only.
                    Expect.isFalse (allTame table table) $"{given} to {given.Simplify()}"
                | Some simplified ->
                    let exact = isExact laws
                    expectEqualTables exact table simplified

                    if exact || allTame table simplified then
                        expectEqualTimesteps case.Steps table simplified

                Prop.classify (laws.Count > 0) "simplified" true)

        law "a weight simplified by itself keeps its values" (fun (case: Case) ->
            let simplified, laws = Simplification.ofWeight case.Weight
            Expect.isTrue (laws |> List.forall _.KeepsScale) "only laws that keep the scale"

            for t in 1 .. case.AlphaBars.Length do
                let a = Weight.eval case.Noise (t * 1<timestep>) case.Weight
                let b = Weight.eval case.Noise (t * 1<timestep>) simplified

                if Double.IsFinite a then
                    if isExact laws then
                        Expect.equal b a $"t = {t}"
                    elif isTame case.Noise t case.Weight then
                        Expect.isLessThanOrEqual (abs (a - b)) (1e-12 * abs a) $"t = {t}: {a} and {b}")

        law "a simplified schedule has the same timesteps, draw for draw" (fun (case: TermCase) ->
            let noise = NoiseSchedule.SquaredCosine case.Timesteps
            let simplified = case.Expression.Simplify()

            if isExact case.Expression.LawsToSimplify then
                let given, simplified = case.Expression.Compile noise, simplified.Compile noise

                for i in 0..25 do
                    for sample in 0..2 do
                        Expect.equal
                            (simplified.TimestepAt(i, 24, 7L, sample))
                            (given.TimestepAt(i, 24, 7L, sample))
                            $"i = {i}, sample {sample}")

        law "simplifying twice is simplifying once, and never makes an expression longer" (fun (case: TermCase) ->
            let once = case.Expression.Simplify()
            Expect.equal (once.Simplify()) once "twice"
            Expect.isEmpty once.LawsToSimplify "no law is left"
            Expect.isLessThanOrEqual once.Term.Depth case.Expression.Term.Depth "depth")

        law "a simplified weight has nothing left to simplify" (fun (case: Case) ->
            let once = (ScheduleExpression.Descend case.Weight).Simplify()
            Expect.equal (once.Simplify()) once "")

        yield!
            examples
            |> List.map (fun (name, given, simpler) ->
                test $"{name}: {given}" {
                    let given = expression given
                    Expect.equal (given.Simplify()) (expression simpler) ""
                    Expect.contains [ for law in given.LawsToSimplify -> law.Name ] name "the law is named"
                })
        yield!
            kept
            |> List.map (fun text ->
                test $"kept: {text}" { Expect.equal ((expression text).Simplify()) (expression text) "" })

        test "every law has an example" {
            let shown = examples |> List.map (fun (name, _, _) -> name) |> Set.ofList
            Expect.equal shown (Set.ofSeq [ for law in SimplificationLaws.All -> law.Name ]) ""
        }
        test "no preset needs simplifying" {
            for preset in SchedulePresets.All do
                Expect.equal (preset.Expression.Simplify()) preset.Expression preset.Name
        }
        test "draws beside what has one value stay" {
            let noise = NoiseSchedule.StableDiffusion
            let given = expression "pair (jitter 0 (uniform 500 500)) (uniform 1 100)"
            let simplified = given.Simplify()
            Expect.equal (string simplified) "pair (at 500) (uniform 1 100)" ""

            for i in 1..50 do
                Expect.equal
                    ((simplified.Compile noise).SecondTimestepAt(i, 50))
                    ((given.Compile noise).SecondTimestepAt(i, 50))
                    $"{i}"
        }
        test "numbers are simplified too" {
            let numbers = ScalarSchedule.Parse "clamp 0 1 (line 2 2)"
            Expect.equal (numbers.Simplify()) (ScalarSchedule.Constant 1.0) ""
        }
        test "a wide product of Gaussians is simplified without growing deeper" {
            let rec tree n =
                if n = 0 then Weight.gaussian 500.0 100.0 else tree (n - 1) * tree (n - 1)

            let simplified = (ScheduleExpression.Descend(tree 8)).Simplify()
            Expect.equal simplified.Term.Depth 2 $"{simplified}"
        }
    ]
