/// Every word of the language: what it means, how it prints, how it is refused.
module DreamTime.Schedules.Tests.Words

open System
open Expecto
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private share u = Position.Share u
let private step i = Position.Step i
let private snr = ScheduleTerm.Descend Weight.snr

let private weights = [
    "beta 2 0.5", Weight.Beta(2.0, 0.5)
    "logitNormal -1 0.25", Weight.LogitNormal(-1.0, 0.25)
    "p2 1 1", Weight.P2(1.0, 1.0)
    "p2 0 -2 * snr", Weight.Product(Weight.P2(0.0, -2.0), Weight.Snr)
    "table [1]", Weight.Table [ 1.0 ]
    "table [0, 2.5, 1E-09] ^ 2", Weight.Power(Weight.Table [ 0.0; 2.5; 1e-9 ], 2.0)
]

let private schedules = [
    "ceiling (snr * constant 2)", ScheduleTerm.Ceiling(Weight.Product(Weight.Snr, Weight.Constant 2.0))
    "cosine 981 21.5", ScheduleTerm.Cosine(981.0, 21.5)
    "exponential 900 1", ScheduleTerm.Exponential(900.0, 1.0)
    "points [(0, 5), (0.5, 6)]", ScheduleTerm.Points [ share 0.0, 5.0; share 0.5, 6.0 ]
    "points [(step 0, 5), (step 10, 6.5)]", ScheduleTerm.Points [ step 0, 5.0; step 10, 6.5 ]
    "points [(0, 5), (step 10, 6)]", ScheduleTerm.Points [ share 0.0, 5.0; step 10, 6.0 ]
    "sigmas [14.6, 0.03]", ScheduleTerm.Sigmas [ 14.6; 0.03 ]
    "between (at 21) (line 981 501)", ScheduleTerm.Between(ScheduleTerm.At 21.0, ScheduleTerm.Line(981.0, 501.0))
    "normal (snr) 30.5", ScheduleTerm.Normal(snr, ScheduleTerm.At 30.5)
    "normal (snr) (line 60 10)", ScheduleTerm.Normal(snr, ScheduleTerm.Line(60.0, 10.0))
    "clamp 20 1000 (snr)", ScheduleTerm.Clamp(20.0, 1000.0, snr)
    "shift -0.5 (snr)", ScheduleTerm.Shift(-0.5, snr)
    "quantise 50 (snr)", ScheduleTerm.Quantise(50, snr)
    "jitter 0 (snr)", ScheduleTerm.Jitter(0, snr)
    "reverse (snr)", ScheduleTerm.Reverse snr
    "stages [(0, snr), (step 7, at 6)]", ScheduleTerm.Stages [ share 0.0, snr; step 7, ScheduleTerm.At 6.0 ]
    "perSample (perBatch (uniform 1 5))", ScheduleTerm.PerSample(ScheduleTerm.PerBatch(ScheduleTerm.Uniform(1, 5)))
    "pair (snr) -5", ScheduleTerm.Pair(snr, ScheduleTerm.At -5.0)
    "pair (snr) (uniform -3 4)", ScheduleTerm.Pair(snr, ScheduleTerm.Uniform(-3, 4))
    "clamp 5 9 (pair (snr) 1)", ScheduleTerm.Clamp(5.0, 9.0, ScheduleTerm.Pair(snr, ScheduleTerm.At 1.0))
    "ahead 0.1 (at 21) (uniform 21 981)", ScheduleTerm.Ahead(0.1, ScheduleTerm.At 21.0, ScheduleTerm.Uniform(21, 981))
]

let private numbers = [
    "0.5", ScheduleTerm.At 0.5
    "line 1 -0.1", ScheduleTerm.Line(1.0, -0.1)
    "power 1 0 2", ScheduleTerm.Power(1.0, 0.0, 2.0)
    "cosine 0 1", ScheduleTerm.Cosine(0.0, 1.0)
    "exponential 0.01 0.0001", ScheduleTerm.Exponential(0.01, 0.0001)
    "points [(step 5000, 1), (step 5001, 0.5)]", ScheduleTerm.Points [ step 5000, 1.0; step 5001, 0.5 ]
    "uniform -3 4", ScheduleTerm.Uniform(-3, 4)
    "between (at -1) (line 0 9)", ScheduleTerm.Between(ScheduleTerm.At -1.0, ScheduleTerm.Line(0.0, 9.0))
    "clamp -0.5 0.5 (line 1 -1)", ScheduleTerm.Clamp(-0.5, 0.5, ScheduleTerm.Line(1.0, -1.0))
    "shift 1.5 (reverse (line 0 1))", ScheduleTerm.Shift(1.5, ScheduleTerm.Reverse(ScheduleTerm.Line(0.0, 1.0)))
    "jitter 2 (at 7)", ScheduleTerm.Jitter(2, ScheduleTerm.At 7.0)
    "stages [(0, at 1), (0.5, line 1 0)]",
    ScheduleTerm.Stages [ share 0.0, ScheduleTerm.At 1.0; share 0.5, ScheduleTerm.Line(1.0, 0.0) ]
    "perBatch (uniform 0 1)", ScheduleTerm.PerBatch(ScheduleTerm.Uniform(0, 1))
]

let private freer = [
    "p2", "p2 1 1"
    "p2*snr", "p2 1 1 * snr"
    "table[1 ,2,\n3]", "table [1, 2, 3]"
    "ceiling dreamtime", "ceiling (snr * gaussian 500 125)"
    "normal dreamtime 30", "normal (snr * gaussian 500 125) 30"
    "normal (snr) (30)", "normal (snr) 30"
    "pair snr(-5)", "pair (snr) -5"
    "points[( step 3 ,5)]", "points [(step 3, 5)]"
    "stages [(step 0, sds), (step 2, snr)]", "stages [(step 0, uniform 21 981), (step 2, snr)]"
    "points [(-0, 5)]", "points [(0, 5)]"
    "shift -0 (snr)", "shift 0 (snr)"
]

let private schedulesAndWhere = "a weight, a schedule or the name of a preset"

let private faults = [
    "beta 2", 1, 7, "the end", "the exponent b, a number", ""
    "beta 0 1", 1, 6, "'0'", "the exponent a, above 0", ""
    "logitNormal 0 0", 1, 15, "'0'", "the deviation s, above 0", ""
    "logitnormal 0 1", 1, 1, "'logitnormal'", schedulesAndWhere, "logitNormal"
    "p2 1", 1, 5, "the end", "the exponent gamma, a number", ""
    "table []", 1, 8, "']'", "a weight, a number", ""
    "table [1, snr]", 1, 11, "'snr'", "a weight, a number", ""
    "table [1 2]", 1, 10, "'2'", "',' or ']'", ""
    "ceiling (sds)", 1, 9, "'('", "a weight after 'ceiling'; 'uniform 21 981' is a schedule", ""
    "ceiling (snr) * snr", 1, 15, "'*'", "no operator beside the schedule", ""
    "cosine 981", 1, 11, "the end", "the last value, a number", ""
    "cosine 0.5 5", 1, 8, "'0.5'", "a timestep, 1 or above", ""
    "exponential 5 0", 1, 15, "'0'", "a timestep, 1 or above", ""
    "sigmas [1, 0]", 1, 12, "'0'", "a sigma, above 0", ""
    "sigmas 1", 1, 8, "'1'", "'[' and a sigma", ""
    "between (sds) (at 5)", 1, 9, "'('", "a schedule without draws after 'between'", ""
    "between (at 5) (sds)", 1, 16, "'('", "a schedule without draws after 'between'", ""
    "between (at 5)", 1, 15, "the end", "a schedule in parentheses after 'between'", ""
    "normal (sds) 5", 1, 8, "'('", "a schedule without draws after 'normal'", ""
    "normal (at 5) (uniform 1 2)", 1, 15, "'('", "a schedule without draws after 'normal'", ""
    "normal (at 5) snr", 1, 15, "'snr'", "'snr' is about timesteps", ""
    "normal (at 5) (quantise 5 (1))", 1, 16, "'quantise'", "'quantise' is about timesteps", ""
    "normal (at 5)", 1, 14, "the end", "a number or a schedule of numbers in parentheses after 'normal'", ""
    "shift (at 5)", 1, 7, "'('", "what is added, a number", ""
    "quantise 0 (snr)", 1, 10, "'0'", "the number of levels, a whole number from 1", ""
    "quantise 1e10 (snr)", 1, 10, "'1e10'", "the number of levels", ""
    "quantize 5 (snr)", 1, 1, "'quantize'", schedulesAndWhere, "quantise"
    "jitter -1 (snr)", 1, 8, "'-1'", "the reach, a whole number from 0", ""
    "jitter 1.5 (snr)", 1, 8, "'1.5'", "the reach, a whole number from 0", ""
    "reverse snr snr", 1, 13, "'snr'", "an operator or the end", ""
    "reverse (pair (at 5) 1)", 1, 9, "'('", "a schedule of one timestep a step after 'reverse'", ""
    "shift 1 (pair (at 5) 1)", 1, 9, "'('", "a schedule of one timestep a step", ""
    "pair (pair (at 5) 1) 2", 1, 6, "'('", "a schedule of one timestep a step after 'pair'", ""
    "pair (at 5) (sds)", 1, 14, "'sds'", "'sds' is about timesteps", ""
    "ahead 0.1 (sds) (at 5)", 1, 11, "'('", "a schedule without draws after 'ahead'", ""
    "ahead (at 5) (at 6)", 1, 7, "'('", "the share, a number", ""
    "points [(step 5, 5), (step 5, 6)]", 1, 23, "'step'", "a step after the one before, 5", ""
    "points [(0.5, 5), (step 5, 6)]", 1, 20, "'step'", "a row counts either shares or steps", ""
    "points [(step 5, 5), (0.5, 6)]", 1, 23, "'0.5'", "a row counts either shares or steps", ""
    "points [(step -1, 5)]", 1, 15, "'-1'", "the step, a whole number from 0", ""
    "points [(step 1.5, 5)]", 1, 15, "'1.5'", "the step, a whole number from 0", ""
    "points [(stp 1, 5)]", 1, 10, "'stp'", "the progress u, a number", "step"
    "stages [(step 5, snr)]", 1, 8, "'['", "u = 0", ""
    "stages [(0, snr), (1, sds)]", 1, 8, "'['", "before u = 1", ""
    "stages [(0, snr),\n (0, sds)]", 2, 3, "'0'", "a progress u above the one before, 0", ""
    "perbatch (sds)", 1, 1, "'perbatch'", schedulesAndWhere, "perBatch"
    "step 5", 1, 1, "'step'", schedulesAndWhere, ""
    "prolificdreamer-threestudo", 1, 1, "'prolificdreamer-threestudo'", schedulesAndWhere, "prolificdreamer-threestudio"
]

let private numberFaults = [
    "", 1, 1, "the end", "a number, or how it changes along the run", ""
    "snr", 1, 1, "'snr'", "'snr' is about timesteps", ""
    "dreamtime", 1, 1, "'dreamtime'", "'dreamtime' is about timesteps", ""
    "linee 1 2", 1, 1, "'linee'", "such as 'line 1 0.1'", "line"
    "exponential 0 1", 1, 13, "'0'", "the first value, above 0", ""
    "1 2", 1, 3, "'2'", "the end", ""
    "1 + 2", 1, 3, "'+'", "the end", ""
    "line 1", 1, 7, "the end", "the last value, a number", ""
    "clamp 1 0 (at 2)", 1, 9, "'0'", "not below 1", ""
    "(1", 1, 3, "the end", "')'", ""
    "1e999", 1, 1, "'1e999'", "a number", ""
    "stages [(0, snr)]", 1, 13, "'snr'", "'snr' is about timesteps", ""
    "ceiling (1)", 1, 1, "'ceiling'", "'ceiling' is about timesteps", ""
]

let private hostile = [
    for opening in
        [
            "between ("
            "normal ("
            "normal (at 5) ("
            "pair ("
            "pair (at 5) ("
            "ahead 0.1 ("
            "ahead 0.1 (at 5) ("
            "quantise 5 ("
            "jitter 5 ("
            "shift 5 ("
            "reverse ("
            "perBatch ("
            "perSample ("
            "ceiling ("
            "points [("
            "stages [(step 0, "
            "table ["
            "sigmas ["
            "step "
            "p2 "
        ] do
        $"nested: {opening}", String.replicate 5000 opening

    "a table without an end", "table [" + String.replicate 30_000 "1,"
    "250 reversals of 101", String.replicate 101 "reverse (" + "snr" + String(')', 101)
    "a huge step", "points [(step 99999999999, 5)]"
    "a huge number of levels", "quantise 2147483648 (snr)"
]

let private error result =
    match result with
    | Ok value -> failtest $"read as {value}"
    | Error error -> error

let private checkFault (error: ParseError) (line, column, found: string, expected: string, suggestion) =
    Expect.equal (error.Line, error.Column) (line, column) $"place: {error}"
    Expect.equal error.Found found "found"
    Expect.stringContains error.Expected expected "expected"
    Expect.equal (string error.Suggestion) suggestion "suggestion"

let tests =
    testList "words" [
        for text, meaning in weights do
            test $"weight: {text}" {
                Expect.equal (Parser.weight text) (Ok meaning) "means"
                Expect.equal (string meaning) text "prints"
            }

        for text, meaning in schedules do
            test $"schedule: {text}" {
                Expect.equal (Parser.schedule text) (Ok meaning) "means"
                Expect.equal (string meaning) text "prints"
            }

        for text, meaning in numbers do
            test $"number: {text}" {
                Expect.equal (Parser.numbers text) (Ok meaning) "means"
                Expect.equal (string (ScalarSchedule meaning)) text "prints"
            }

        for text, canonical in freer do
            test $"reads freely: {canonical} from {text}" {
                Expect.equal (string (ScheduleExpression.Parse text)) canonical ""
            }

        for text, line, column, found, expected, suggestion in faults do
            test $"refuses '{text}'" {
                checkFault (error (Schedule.parse text)) (line, column, found, expected, suggestion)
            }

        for text, line, column, found, expected, suggestion in numberFaults do
            test $"refuses as a number '{text}'" {
                checkFault (error (Parser.numbers text)) (line, column, found, expected, suggestion)
            }

        for name, text in hostile do
            test $"refuses {name} with a short message, as a schedule and as a number" {
                Expect.isLessThan (string (error (Schedule.parse text))).Length 400 "schedule"
                Expect.isLessThan (string (error (Parser.numbers text))).Length 400 "number"
            }

        test "rows of many values are read" {
            let sigmas = "sigmas [" + String.replicate 30_000 "1, " + "1]"
            Expect.equal ((ScheduleExpression.Parse sigmas).Compile(NoiseSchedule.Ddpm).Timesteps(3)).Length 3 ""

            let points =
                [ for i in 0..4000 -> $"(step {i}, {1 + i % 999})" ] |> String.concat ", "

            let schedule =
                (ScheduleExpression.Parse $"points [{points}]").Compile NoiseSchedule.Ddpm

            Expect.equal (schedule.Timesteps 4000) [| for i in 1..4000 -> 1 + i % 999 |] ""
        }

        test "a table fits noises of its length alone" {
            let compile (noise: NoiseSchedule) =
                (ScheduleExpression.Parse "table [0, 1, 1]").Compile noise

            Expect.equal ((compile (NoiseSchedule.SquaredCosine 3)).Timesteps 4) [| 3; 3; 3; 2 |] ""

            let error =
                Expect.throwsC (fun () -> compile NoiseSchedule.Ddpm |> ignore) (fun error ->
                    error :?> ScheduleException)

            Expect.stringContains error.Message "3 values, but the noise 'ddpm' has 1000 timesteps" ""
        }

        test "weights of distributions are their densities over the timesteps" {
            let noise = NoiseSchedule.SquaredCosine 4
            let close = { absolute = 1e-15; relative = 1e-14 }

            for t, x in [ 1, 0.125; 2, 0.375; 3, 0.625; 4, 0.875 ] do
                let eval weight =
                    Weight.eval noise (t * 1<timestep>) weight

                Expect.floatClose close (eval (Weight.beta 2.0 3.0)) (x * (1.0 - x) * (1.0 - x)) "beta"
                let z = (log (x / (1.0 - x)) - 0.5) / 2.0

                Expect.floatClose
                    close
                    (eval (Weight.logitNormal 0.5 2.0))
                    (exp (-z * z / 2.0) / (x * (1.0 - x)))
                    "logit"

                let alphaBar, beta = noise.AlphaBar(t * 1<timestep>), noise.Beta(t * 1<timestep>)
                let snr = alphaBar / (1.0 - alphaBar)
                let lambda = (1.0 - beta) * (1.0 - alphaBar) / beta

                Expect.floatClose
                    { absolute = 0.0; relative = 1e-12 }
                    (eval (Weight.p2 1.0 1.0))
                    (lambda / (1.0 + snr))
                    "p2"

                Expect.floatClose
                    { absolute = 0.0; relative = 1e-12 }
                    (eval (Weight.p2 2.0 -0.5))
                    (lambda * sqrt (2.0 + snr))
                    "p2, other numbers"
        }

        lawOver 4000 "parse (print weight) = weight" (fun (case: Case) ->
            Expect.equal (Parser.weight (string case.Weight)) (Ok case.Weight) "")

        lawOver 4000 "parse (print schedule) = schedule" (fun (case: TermCase) ->
            Expect.equal (Parser.schedule (string case.Expression)) (Ok case.Expression.Term) "")

        lawOver 2000 "parse (print number) = number" (fun (case: ScalarCase) ->
            Expect.equal (Parser.numbers (string case.Scalar)) (Ok case.Scalar.Term) ""
            Expect.equal (ScalarSchedule.Parse(string case.Scalar)) case.Scalar "")

        law "equal expressions have equal hashes, different ones others" (fun (a: TermCase) (b: TermCase) ->
            let again = ScheduleExpression.Parse(string a.Expression)
            Expect.equal again.Hash a.Expression.Hash "again"
            Expect.equal (a.Expression = b.Expression) (a.Expression.Hash = b.Expression.Hash) "both")
    ]
