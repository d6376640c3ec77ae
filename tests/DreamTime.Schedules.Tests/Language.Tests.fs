module DreamTime.Schedules.Tests.Language

open System
open System.Globalization
open System.Threading
open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private weight text =
    match Parser.weight text with
    | Ok weight -> weight
    | Error error -> failtest $"{text}: {error}"

let private error text =
    match Schedule.parse text with
    | Ok expression -> failtest $"'{text}' was read as {expression}"
    | Error error -> error

/// Reading never throws; what is read prints to what reads as the same; what is not has a place inside the text.
let private checkTotal (text: string) =
    match Parser.schedule text with
    | Ok term -> Expect.equal (Parser.schedule (string term)) (Ok term) "reads as the same"
    | Error error ->
        let lines = text.Split '\n'
        Expect.isTrue (error.Line >= 1 && error.Line <= lines.Length) $"line {error.Line}"

        Expect.isTrue (error.Column >= 1 && error.Column <= lines[error.Line - 1].Length + 1) $"column {error.Column}"

        Expect.isFalse ((string error).Contains '\n') "one line"

let private a, b, c = Weight.snr, Weight.gaussian 500.0 125.0, Weight.constant 2.0

let private meanings = [
    "snr * gaussian 500 125 * constant 2", Weight.Product(Weight.Product(a, b), c)
    "snr * (gaussian 500 125 * constant 2)", Weight.Product(a, Weight.Product(b, c))
    "snr + gaussian 500 125 * constant 2", Weight.Sum(a, Weight.Product(b, c))
    "(snr + gaussian 500 125) * constant 2", Weight.Product(Weight.Sum(a, b), c)
    "snr ^ 2 * constant 2", Weight.Product(Weight.Power(a, 2.0), c)
    "(snr * constant 2) ^ -0.5", Weight.Power(Weight.Product(a, c), -0.5)
    "snr + gaussian 500 125 / 4", Weight.Sum(a, Weight.Quotient(b, 4.0))
    "snr / 4 * constant 2", Weight.Product(Weight.Quotient(a, 4.0), c)
    "snr * (constant 2 / 4)", Weight.Product(a, Weight.Quotient(c, 4.0))
    "constant 2 ^ 3", Weight.Power(c, 3.0)
    "min (snr) (constant 2)", Weight.Minimum(a, c)
    "max (snr + constant 2) (constant 2)", Weight.Maximum(Weight.Sum(a, c), c)
    "truncate 20 980 (snr) * constant 2", Weight.Product(Weight.Truncate(20, 980, a), c)
    "mirror (snr) ^ 2", Weight.Power(Weight.Mirror a, 2.0)
    "window 20 980", Weight.Window(20, 980)
    "plateau 800 500 300 100", Weight.Plateau(800.0, 500.0, 300.0, 100.0)
]

let private freer = [
    "  snr\n\t*\r\ngaussian   5e2 1.25E+2 ", "snr * gaussian 500 125"
    "((snr))*(gaussian 500 .125)", "snr * gaussian 500 0.125"
    "descend (snr)", "snr"
    "mirror snr", "mirror (snr)"
    "constant -0", "constant 0"
    "constant 0.1", "constant 0.1"
    "dreamtime", "snr * gaussian 500 125"
    "truncate 20 980 (dreamtime)", "truncate 20 980 (snr * gaussian 500 125)"
    "clamp 200 1000 linear", "clamp 200 1000 (constant 1)"
    "hifa", "power 980.5 300.5 0.5"
    "stages[(0,sds),(.5,at 20)]", "stages [(0, uniform 21 981), (0.5, at 20)]"
]

let private faults = [
    "", 1, 1, "the end", "a weight or a schedule", ""
    "gausian 500 125", 1, 1, "'gausian'", "a weight, a schedule or the name of a preset", "gaussian"
    "snr *\n  gassian 500 125", 2, 3, "'gassian'", "a weight, a schedule", "gaussian"
    "clamp 1 2 (dreamtme)", 1, 12, "'dreamtme'", "a weight, a schedule", "dreamtime"
    "persample (sds)", 1, 1, "'persample'", "a weight, a schedule", "perSample"
    "SNR", 1, 1, "'SNR'", "a weight, a schedule", "snr"
    "xyzzy", 1, 1, "'xyzzy'", "a weight, a schedule", ""
    "snr *", 1, 6, "the end", "a weight or a schedule", ""
    "snr snr", 1, 5, "'snr'", "an operator or the end", ""
    "gaussian 500", 1, 13, "the end", "the deviation s, a number", ""
    "gaussian 500,5 1", 1, 13, "','", "numbers use a point", ""
    "gaussian 500 -1", 1, 14, "'-1'", "the deviation s, above 0", ""
    "gaussian 1e999 1", 1, 10, "'1e999'", "a finite number", ""
    "snr + 3", 1, 7, "'3'", "constant 3", ""
    "snr - snr", 1, 5, "'-'", "an operator or the end", ""
    "uniform 21 981 * snr", 1, 16, "'*'", "no operator beside the schedule", ""
    "snr * (at 5)", 1, 5, "'*'", "no operator beside the schedule", ""
    "truncate 20 980 (sds)", 1, 17, "'('", "'clamp' limits", ""
    "truncate 980 20 (snr)", 1, 14, "'20'", "not below 980", ""
    "snr ^ 2 ^ 3", 1, 9, "'^'", "parentheses", ""
    "snr / 0", 1, 7, "'0'", "not 0", ""
    "snr / snr", 1, 7, "'snr'", "^ -1", ""
    "(snr", 1, 5, "the end", "')'", ""
    "snr)", 1, 4, "')'", "an operator or the end", ""
    "mirror gaussian 5 5", 1, 8, "'gaussian'", "a weight in parentheses", ""
    "plateau 500 800 1 1", 1, 13, "'800'", "not above m1, 500", ""
    "at 0", 1, 4, "'0'", "a whole number from 1", ""
    "at 2.5", 1, 4, "'2.5'", "a whole number from 1", ""
    "points []", 1, 9, "']'", "a point (u, t)", ""
    "points [(0, 5), (0, 6)]", 1, 18, "'0'", "above the one before", ""
    "points [(2, 5)]", 1, 10, "'2'", "0..1", ""
    "stages [(0.1, snr)]", 1, 8, "'['", "u = 0", ""
    "power 981 301 0", 1, 15, "'0'", "above 0", ""
    "snr\u0000", 1, 4, "U+0000", "an operator or the end", ""
    "snr × 2", 1, 5, "'×'", "an operator or the end", ""
]

let private hostile = [
    "200,000 letters", String('a', 200_000)
    "100,000 parentheses", String('(', 100_000)
    "101 nested parentheses", String('(', 101) + "snr" + String(')', 101)
    "251 factors", String.replicate 250 "snr*" + "snr"
    "nested stages", String.replicate 5000 "stages [(0, "
    "nested clamps", String.replicate 5000 "clamp 1 2 ("
    "a number of 50,000 digits", "constant " + String('9', 50_000)
    "lone surrogates", "snr \uD800 * \uDC00"
    "an emoji", "snr 🙂"
    "a zero-width space", "snr\u200b*snr"
]

/// A culture that would spoil every number if it were asked.
let private foreign =
    let culture = CultureInfo.InvariantCulture.Clone() :?> CultureInfo
    culture.NumberFormat.NumberDecimalSeparator <- ","
    culture.NumberFormat.NumberGroupSeparator <- "."
    culture.NumberFormat.NegativeSign <- "−"
    culture

let private inCulture culture action =
    let before = Thread.CurrentThread.CurrentCulture
    Thread.CurrentThread.CurrentCulture <- culture

    try
        action ()
    finally
        Thread.CurrentThread.CurrentCulture <- before

let private fragments =
    let symbols = "( ) [ ] , * / + ^ 1 0 -2 0.5 980 1e3 . - é".Split ' '
    Array.append (Array.ofList Vocabulary.words) (Array.concat [ symbols; symbols; symbols ])

let tests =
    testList "language" [
        for text, meaning in meanings do
            test $"means and prints: {text}" {
                Expect.equal (weight text) meaning "means"
                Expect.equal (string meaning) text "prints"
            }

        for text, canonical in freer do
            test $"reads freely: {canonical} from {text.Trim()}" {
                Expect.equal (string (ScheduleExpression.Parse text)) canonical ""
            }

        for text, line, column, found, expected, suggestion in faults do
            test $"refuses '{text}'" {
                let error = error text
                Expect.equal (error.Line, error.Column) (line, column) $"place: {error}"
                Expect.stringContains error.Found found "found"
                Expect.stringContains error.Expected expected "expected"
                Expect.equal (string error.Suggestion) suggestion "suggestion"
            }

        for name, text in hostile do
            test $"refuses {name} with a short message" {
                let error = error text
                Expect.isLessThan (string error).Length 400 ""
            }

        test "the largest allowed texts are read, compiled and printed on a stack of 512 KiB" {
            let chain = String.replicate 249 "snr+" + "snr"
            let nested = String('(', 100) + "snr" + String(')', 100)
            let mirrors = String.replicate 100 "mirror (" + "snr" + String(')', 100)
            let clamps = String.replicate 100 "clamp 1 1000 (" + "snr" + String(')', 100)
            let stages = String.replicate 100 "stages [(0, " + "snr" + String.replicate 100 ")]"

            for text in [ chain; nested; mirrors; clamps; stages ] do
                let mutable outcome = Error(exn "not run")

                let work () =
                    outcome <-
                        try
                            let schedule = (ScheduleExpression.Parse text).Compile NoiseSchedule.StableDiffusion

                            Ok(
                                schedule.TimestepAt(1, 10),
                                ScheduleExpression.Parse(string schedule) = schedule.Expression
                            )
                        with error ->
                            Error error

                let thread = Thread(work, 512 * 1024)
                thread.Start()
                thread.Join()

                match outcome with
                | Ok result -> Expect.equal (snd result) true ""
                | Error error -> raise error
        }

        test "the largest timestep reads back" {
            let expression = ScheduleExpression.Uniform(1, Int32.MaxValue)
            Expect.equal (ScheduleExpression.Parse(string expression)) expression ""
        }

        law "numbers read back exactly" (fun (value: NormalFloat) ->
            let constant = Weight.constant (NormalFloat.op_Explicit value)
            Expect.equal (Parser.weight (string constant)) (Ok constant) "")

        law "any text is read or refused with a place" (fun (text: string | null) ->
            match text with
            | null -> ()
            | text -> checkTotal text)

        law "any row of the language's words is read or refused with a place" (fun (picks: int list) ->
            picks
            |> List.map (fun k -> fragments[((k % fragments.Length) + fragments.Length) % fragments.Length])
            |> String.concat " "
            |> checkTotal)

        law
            "a damaged text is read or refused with a place"
            (fun (case: TermCase) (position: NonNegativeInt) (c: char) ->
                let text = string case.Expression
                let position = position.Get % text.Length
                checkTotal (text.Remove(position, 1))
                checkTotal (text.Insert(position, string c))
                checkTotal (text.Substring(0, position)))

        test "no culture changes a number" {
            inCulture foreign (fun () ->
                Expect.equal ((0.5).ToString()) "0,5" "the culture is in force"
                let text = "snr ^ -0.5 * gaussian 500.25 125.5"
                let expression = ScheduleExpression.Parse text
                Expect.equal (string expression) text ""
                Expect.stringContains (string (error "points [(0, 5), (-0.5, 6)]")) "0..1" ""

                let compiled = expression.Compile NoiseSchedule.StableDiffusion
                Expect.equal (string compiled) text "")
        }

        test "exceptions carry the place" {
            let error =
                Expect.throwsC (fun () -> ScheduleExpression.Parse "snr *\n gausian 1 2" |> ignore) (fun error ->
                    error :?> ScheduleParseException)

            Expect.equal
                (error.Line, error.Column, error.Found, string error.Suggestion)
                (2, 2, "'gausian'", "gaussian")
                ""

            Expect.stringContains error.Message "line 2, column 2: found 'gausian', expected" ""
        }

        test "the hash is SHA-256 of the language's version and the text" {
            // printf 'dreamtime schedule 1\nsnr * gaussian 500 125' | sha256sum
            Expect.equal
                (ScheduleExpression.Parse "dreamtime").Hash
                "79ac5b0f3375fec621ecd03447f4372e14fae08df360fd3ae128005fa44cf83d"
                ""
        }

        test "every preset reads, compiles on Stable Diffusion's noise and is found by name" {
            for name in SchedulePresets.Names do
                let preset = SchedulePresets.Find name
                Expect.equal (ScheduleExpression.Parse name) preset.Expression name
                let schedule = preset.Expression.Compile NoiseSchedule.StableDiffusion
                Expect.all (schedule.Timesteps 100) (fun t -> t >= 1 && t <= 1000) name
        }

        test "an unknown preset is refused with the nearest name" {
            let error =
                Expect.throwsC (fun () -> SchedulePresets.Find "dreamtme" |> ignore) (fun error ->
                    error :?> ArgumentException)

            Expect.stringContains error.Message "Did you mean 'dreamtime'?" ""
        }
    ]
