module DreamTime.Tests.CliConvertTests

open System.IO
open Expecto
open DreamTime.Tests.CliHarness

let private schedule arguments = succeeds ("schedule" :: arguments)

let private convert arguments =
    (schedule ("convert" :: arguments)).Out.TrimEnd '\n'

let private converts arguments (expected: string) =
    test $"""convert {String.concat " " arguments}""" { Expect.equal (convert arguments) expected "" }

let private wrong name arguments (parts: string list) =
    test name {
        let line = isWrong ("schedule" :: arguments)

        for part in parts do
            Expect.stringContains line part ""
    }

let private written folder name (content: string) =
    let path = Path.Combine(folder, name)
    File.WriteAllText(path, content)
    path

let private conversions =
    testList "convert" [
        converts [ "hifa" ] "power 980.5 300.5 0.5"
        converts [ "sds"; "--to"; "json" ] """{"language":1,"schedule":{"word":"uniform","low":21,"high":981}}"""
        converts [ """{"language":1,"weight":{"word":"snr"}}"""; "--from"; "json" ] "snr"
        converts
            [ "line 1 0.1"; "--numbers"; "--to"; "json" ]
            """{"language":1,"numbers":{"word":"line","first":1,"last":0.1}}"""
        converts [ "[5000, 0.98, 0.5, 5001]"; "--from"; "threestudio" ] "points [(step 5001, 0.98), (step 5002, 0.5)]"
        converts
            [ "0.02"; "[5000, 0.98, 0.5, 5001]"; "--from"; "threestudio" ]
            "stages [(step 0, uniform 21 981), (step 5001, uniform 21 501)]"
        converts
            [ "[0, 1, 0.01, 100]"; "--from"; "threestudio"; "--interpolation"; "exp" ]
            "stages [(step 0, at 1), (step 1, exponential 1 0.01), (step 101, at 0.01)]"
        converts
            [ "stages [(step 0, 0.98), (step 5001, 0.5)]"; "--to"; "threestudio"; "--steps"; "10000" ]
            "[5000, 0.98, 0.5, 5001]"
        converts [ "[14.6, 1.5, 0.0]"; "--from"; "sigmas" ] "sigmas [14.6, 1.5]"
        converts [ "dreamtime"; "--to"; "indices"; "--steps"; "5" ] "[663, 587, 523, 448, 0]"
        converts [ "[663, 0]"; "--from"; "indices" ] "points [(0.5, 664), (1, 1)]"
        converts
            [
                "--from"
                "karras"
                "--steps"
                "3"
                "--sigma-min"
                "0.01"
                "--sigma-max"
                "1"
                "--rho"
                "1"
                "--to"
                "sigmas"
            ]
            "[1, 0.505, 0.01]"
        converts
            [ "sdxl"; "--from"; "ays"; "--to"; "sigmas" ]
            "[14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.38, 0.234, 0.113, 0.029]"

        test "a model's own ends are taken unless told otherwise" {
            let list = convert [ "--from"; "exponential"; "--steps"; "20"; "--to"; "indices" ]
            Expect.stringStarts list "[999, " ""
            Expect.stringEnds list ", 0]" ""
            Expect.notEqual (convert [ "--from"; "karras"; "--steps"; "20"; "--to"; "indices" ]) list "another formula"

            Expect.notEqual
                (convert [ "--from"; "exponential"; "--steps"; "20"; "--to"; "sigmas"; "--noise"; "ddpm" ])
                (convert [ "--from"; "exponential"; "--steps"; "20"; "--to"; "sigmas" ])
                "another model"
        }
        test "sigmas of a schedule are a schedule of the same timesteps" {
            let sigmas = convert [ "dreamtime"; "--to"; "sigmas"; "--steps"; "10" ]
            let text = convert [ sigmas; "--from"; "sigmas" ]

            Expect.equal
                (schedule [ "table"; text; "--steps"; "10" ]).Out
                (schedule [ "table"; "dreamtime"; "--steps"; "10" ]).Out
                ""
        }

        wrong "a float end counts epochs" [ "convert"; "[0, 0.1, 0.2, 10.0]"; "--from"; "threestudio" ] [ "epochs" ]
        wrong "no steps for a list" [ "convert"; "dreamtime"; "--to"; "sigmas" ] [ "--steps is missing" ]
        wrong "a list of what draws" [ "convert"; "sds"; "--to"; "indices"; "--steps"; "3" ] [ "draws" ]
        wrong "a list that threestudio has not" [ "convert"; "cosine 1 0"; "--to"; "threestudio"; "--steps"; "3" ] [
            "'cosine 1 0'"
        ]
        wrong "timesteps to threestudio" [ "convert"; "snr"; "--to"; "threestudio"; "--steps"; "3" ] [
            "about timesteps"
        ]
        wrong "no text" [ "convert"; "--to"; "json" ] [ "one text is needed" ]
        wrong "a text for a formula" [ "convert"; "snr"; "--from"; "karras"; "--steps"; "3" ] [ "no text is read" ]
        wrong "a form that is none" [ "convert"; "snr"; "--to"; "xml" ] [ "'xml'" ]
        wrong "broken JSON" [ "convert"; """{"language":1}""" ] [ "$"; "'schedule' is missing" ]
        wrong "a model that Align Your Steps has not" [ "convert"; "sd9"; "--from"; "ays" ] [ "sd15" ]
        wrong "a rho of 0" [ "convert"; "--from"; "karras"; "--steps"; "3"; "--rho"; "0" ] [ "--rho" ]
    ]

let private fits =
    testList "fit" [
        test "the paper's numbers are found again" {
            let lines =
                (schedule [ "fit"; "snr * gaussian 300 300"; "--to"; "dreamtime"; "--steps"; "200" ]).Lines

            Expect.equal lines.Length 2 ""
            Expect.stringStarts lines[0] "snr * gaussian " ""
            let numbers = lines[0].Split(' ')[3..] |> Array.map float
            Expect.floatClose { absolute = 5e-4; relative = 0.0 } numbers[0] 500.0 "m"
            Expect.floatClose { absolute = 5e-4; relative = 0.0 } numbers[1] 125.0 "s"
            Expect.equal lines[1] "rms 0, largest difference 0 timesteps, at step 1 of 200" ""
        }
        test "--to takes a table, by its name or behind @, and a file with a text" {
            inFolder (fun folder ->
                let table =
                    written folder "table.csv" (schedule [ "table"; "gaussian 500 100"; "--steps"; "300" ]).Out

                let text = written folder "hifa.txt" "power 980.5 300.5 0.5\n"

                let fit target =
                    (schedule [ "fit"; "gaussian 400 200"; "--to"; target ]).Out

                Expect.stringContains (fit table) "of 300" "the table's steps"
                Expect.equal (fit $"@{table}") (fit table) "@"
                Expect.stringContains (fit text) "of 1000" "a text")
        }
        test "a table that is wrong somewhere is refused with the line" {
            inFolder (fun folder ->
                for content, part in
                    [
                        "step,timestep\n", "no steps"
                        "step,timestep\n1,5\n3,4\n", "line 3"
                        "step,timestep\n1,5\n2\n", "line 3"
                        "step,timestep\n1,x\n", "'x'"
                        "step,timestep\n1,1001\n", "1..1000"
                    ] do
                    let file = written folder "table.csv" content
                    let line = isWrong [ "schedule"; "fit"; "gaussian 400 200"; "--to"; file ]
                    Expect.stringContains line part content)
        }

        wrong "steps that are not the table's" [ "fit"; "snr"; "--to"; "snr" ] [ "numbers to fit" ]
        wrong "a target that draws" [ "fit"; "gaussian 1 1"; "--to"; "sds" ] [ "without draws" ]
        wrong "a schedule instead of a weight" [ "fit"; "line 900 100"; "--to"; "snr" ] [ "a weight" ]
        wrong "no target" [ "fit"; "gaussian 1 1" ] [ "--to is missing" ]
    ]

let private files =
    testList "files" [
        test "table, check, describe, plot and convert read @FILE, text or JSON" {
            inFolder (fun folder ->
                let text = written folder "a.txt" "snr *\n  gaussian 500 125\n"

                let json =
                    written folder "a.json" ((convert [ "dreamtime"; "--to"; "json" ]) + "\n")

                let direct = (schedule [ "table"; "dreamtime"; "--steps"; "10" ]).Out

                for file in [ text; json ] do
                    let file = $"@{file}"
                    Expect.equal (schedule [ "table"; file; "--steps"; "10" ]).Out direct file
                    Expect.equal (schedule [ "check"; file ]).Out (schedule [ "check"; "dreamtime" ]).Out file
                    Expect.equal (schedule [ "describe"; file ]).Out (schedule [ "describe"; "dreamtime" ]).Out file
                    Expect.equal (convert [ file ]) "snr * gaussian 500 125" file
                    let picture = Path.Combine(folder, "a.svg")
                    schedule [ "plot"; file; "--out"; picture ] |> ignore
                    Expect.isTrue (File.Exists picture) file)
        }
        test "a mistake in a file is pointed at in its line" {
            inFolder (fun folder ->
                let file = written folder "a.txt" "snr *\n  gausian 500 125"
                let outcome = run [ "schedule"; "check"; $"@{file}" ]
                Expect.equal outcome.Code 2 ""
                Expect.stringContains outcome.Error "line 2, column 3" ""
                Expect.stringContains outcome.Error "      gausian 500 125\n      ^" "the caret stands under the word")
        }
        test "a file that is not there is the world's fault" {
            Expect.stringContains (failsWith 1 [ "schedule"; "check"; "@nowhere.txt" ]) "'nowhere.txt'" ""
        }
        test "check --simplify prints the simplest form and its laws" {
            let lines =
                (schedule [ "check"; "perSample (descend (snr * constant 3 + constant 0))"; "--simplify" ]).Lines

            Expect.equal lines[3] "simplest form: snr" ""
            Expect.equal lines.Length 7 "three laws"
            Expect.stringContains lines[4] "zero: " ""
            Expect.equal (schedule [ "check"; "snr"; "--simplify" ]).Lines[3] "no law makes it simpler" ""
        }
    ]

let tests = testList "convert and fit" [ conversions; fits; files ]
