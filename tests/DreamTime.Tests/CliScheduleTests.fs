module DreamTime.Tests.CliScheduleTests

open System.IO
open System.Text.Json
open Expecto
open DreamTime.Tests.CliHarness

/// The ten lines of the design that pin the language: Stable Diffusion's noise, N = 10.
let private language = [
    "snr * gaussian 500 125", [ 720; 664; 623; 588; 556; 524; 489; 449; 394; 1 ]
    "gaussian 500 125", [ 661; 606; 566; 532; 501; 469; 435; 395; 340; 1 ]
    "snr", [ 979; 954; 924; 889; 846; 792; 720; 617; 453; 1 ]
    "constant 1", [ 901; 801; 701; 601; 501; 401; 301; 201; 101; 1 ]
    "clamp 200 1000 (constant 1)", [ 901; 801; 701; 601; 501; 401; 301; 201; 200; 200 ]
    "truncate 20 980 (snr * gaussian 500 125)", [ 720; 664; 623; 588; 556; 524; 489; 449; 394; 20 ]
    "plateau 800 500 300 100", [ 930; 865; 803; 742; 681; 620; 559; 498; 431; 1 ]
    "snr ^ 2 * gaussian 400 90", [ 571; 531; 502; 478; 455; 432; 407; 379; 340; 1 ]
    "gaussian 300 40 + gaussian 700 60 / 2", [ 744; 706; 669; 610; 347; 321; 303; 285; 263; 1 ]
    "(gaussian 300 40 + gaussian 700 60) * snr", [ 788; 760; 739; 721; 703; 684; 661; 626; 329; 1 ]
]

let private table arguments =
    succeeds ("schedule" :: "table" :: arguments)

let private timesteps arguments =
    (table arguments).Lines
    |> Array.skip 1
    |> Array.map (fun line -> int (line.Split(',')[1]))
    |> List.ofArray

let private languageTest (text, expected) =
    test $"table \"{text}\" --steps 10" { Expect.equal (timesteps [ text; "--steps"; "10" ]) expected "" }

let private wrong name arguments parts =
    test name {
        let line = isWrong ("schedule" :: arguments)

        for part: string in parts do
            Expect.stringContains line part ""
    }

let private tables =
    testList "table" [
        yield! List.map languageTest language

        test "csv is a header and a line a step" {
            Expect.equal (table [ "constant 1"; "--steps"; "2" ]).Out "step,timestep\n1,501\n2,1\n" ""
        }
        test "json holds the same numbers" {
            let json = (table [ "dreamtime"; "--steps"; "10"; "--format"; "json" ]).Out
            Expect.stringStarts json "[{\"step\":1,\"timestep\":720},{\"step\":2," ""
            use document = JsonDocument.Parse json

            let rows = [ for row in document.RootElement.EnumerateArray() -> row.GetProperty("timestep").GetInt32() ]

            Expect.equal rows (timesteps [ "dreamtime"; "--steps"; "10" ]) ""
        }
        test "the same seed draws the same numbers, another seed others" {
            let draw seed =
                timesteps [ "sds"; "--steps"; "50"; "--seed"; seed ]

            Expect.equal (draw "7") (draw "7") ""
            Expect.notEqual (draw "7") (draw "8") ""
            Expect.all (draw "7") (fun t -> t >= 21 && t <= 981) ""
        }
        test "a million steps print a million lines" {
            Expect.equal (table [ "constant 1"; "--steps"; "1000000" ]).Lines.Length 1_000_001 ""
        }
        test "--noise changes what snr means" {
            let at noise =
                timesteps [ "snr"; "--steps"; "10"; "--noise"; noise ]

            Expect.equal (at "sd") (timesteps [ "snr"; "--steps"; "10" ]) "sd is what is taken unless told otherwise"
            Expect.notEqual (at "ddpm") (at "sd") ""
            Expect.notEqual (at "if") (at "sd") ""
        }
        test "--noise takes a scheduler_config.json or an array of abar" {
            inFolder (fun folder ->
                let config, array =
                    Path.Combine(folder, "scheduler_config.json"), Path.Combine(folder, "abar.json")

                File.WriteAllText(
                    config,
                    """{"num_train_timesteps":1000,"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear"}"""
                )

                File.WriteAllText(array, "[0.9, 0.5, 0.1]")

                Expect.equal
                    (timesteps [ "snr"; "--steps"; "10"; "--noise"; config ])
                    (timesteps [ "snr"; "--steps"; "10" ])
                    "the config is Stable Diffusion's"

                Expect.equal (timesteps [ "constant 1"; "--steps"; "3"; "--noise"; array ]) [ 3; 2; 1 ] "")
        }

        test "--noise flow prints the cells' midpoints" {
            let times noise =
                (table [ "constant 1"; "--steps"; "4"; "--noise"; noise ]).Lines
                |> Array.skip 1
                |> Array.map (fun line -> line.Split(',')[1])
                |> List.ofArray

            Expect.equal (times "flow") [ "0.7505"; "0.5005"; "0.2505"; "0.0005" ] ""

            inFolder (fun folder ->
                let config = Path.Combine(folder, "scheduler_config.json")

                File.WriteAllText(
                    config,
                    """{"_class_name":"FlowMatchEulerDiscreteScheduler","num_train_timesteps":4,"shift":3.0}"""
                )

                Expect.equal
                    (times config)
                    [ "0.9545454545454546"; "0.8333333333333334"; "0.6428571428571429"; "0.3" ]
                    "3 x / (1 + 2 x)"

                let json =
                    (table [ "constant 1"; "--steps"; "1"; "--noise"; config; "--format"; "json" ]).Out

                Expect.equal json "[{\"step\":1,\"timestep\":0.3}]\n" "json")
        }
        test "--noise zsnr leaves nothing at t = 1000, which snr cannot stand" {
            Expect.equal (timesteps [ "truncate 1 999 (snr)"; "--steps"; "1"; "--noise"; "zsnr" ]) [ 1 ] ""

            Expect.stringContains
                (isWrong [ "schedule"; "table"; "snr"; "--steps"; "3"; "--noise"; "zsnr" ])
                "not finite, Infinity, at t = 1000"
                ""
        }
        test "a dynamic shift is refused" {
            inFolder (fun folder ->
                let config = Path.Combine(folder, "flux.json")

                File.WriteAllText(
                    config,
                    """{"_class_name":"FlowMatchEulerDiscreteScheduler","use_dynamic_shifting":true}"""
                )

                Expect.stringContains
                    (failsWith 1 [ "schedule"; "table"; "snr"; "--steps"; "3"; "--noise"; config ])
                    "use_dynamic_shifting"
                    "")
        }

        wrong "no steps" [ "table"; "snr" ] [ "--steps is missing" ]
        wrong "no text" [ "table"; "--steps"; "3" ] [ "schedule is missing" ]
        yield!
            [ "0"; "-1"; "1000001"; "1000000000"; "99999999999999999999"; "1e3"; "NaN"; "ten"; "" ]
            |> List.map (fun steps ->
                wrong $"--steps {steps}" [ "table"; "snr"; "--steps"; steps ] [
                    "--steps"
                    "1 to 1,000,000"
                    $"'{steps}'"
                ])
        yield!
            [ "-1"; "9223372036854775808"; "x" ]
            |> List.map (fun seed ->
                wrong $"--seed {seed}" [ "table"; "sds"; "--steps"; "3"; "--seed"; seed ] [ "--seed" ])

        test "a noise file that is not there is the world's fault" {
            Expect.stringContains
                (failsWith 1 [ "schedule"; "table"; "snr"; "--steps"; "3"; "--noise"; "nowhere.json" ])
                "nowhere.json"
                ""
        }
        test "a noise file that holds something else is the world's fault" {
            inFolder (fun folder ->
                for content in [ ""; "{"; "[0.1, 0.5]"; "{\"beta_schedule\":\"magic\"}" ] do
                    let file = Path.Combine(folder, "noise.json")
                    File.WriteAllText(file, content)

                    let line =
                        failsWith 1 [ "schedule"; "table"; "snr"; "--steps"; "3"; "--noise"; file ]

                    Expect.stringContains line "noise.json" content)
        }
    ]

let private mistakes =
    let indentation = 4

    let mistake (text: string) (column: int) =
        test $"check \"{text}\" points at column {column}" {
            let outcome = run [ "schedule"; "check"; text ]
            Expect.equal outcome.Code 2 outcome.Error
            Expect.equal outcome.Out "" ""
            let lines = outcome.Error.TrimEnd('\n').Split '\n'
            Expect.equal lines.Length 3 "the line, the text, the caret"
            Expect.stringContains lines[0] $"column {column}" ""
            Expect.equal (lines[1].Trim()) (text.Trim()) ""
            Expect.equal (lines[2].IndexOf '^' - indentation) (column - 1) "the caret stands under the column"
        }

    testList "mistakes" [
        mistake "snr * gaussian 500" 19
        mistake "snr * gausian 500 125" 7
        mistake "snr * gaussian 500 125)" 23
        mistake "snr snr" 5
        mistake "" 1

        wrong "in a table a mistake is one line with its place" [ "table"; "snr * gaussian 500"; "--steps"; "3" ] [
            "column 19"
            "number"
        ]
        wrong "a weight without mass cannot be compiled" [ "table"; "constant 0"; "--steps"; "3" ] [ "error: " ]
        wrong "a schedule outside the noise's timesteps" [ "table"; "truncate 2000 3000 (snr)"; "--steps"; "3" ] [
            "error: "
        ]
        wrong "a hundred thousand parentheses" [ "table"; System.String('(', 100_000); "--steps"; "3" ] [ "nested" ]
    ]

let tests = testList "schedule" [ tables; mistakes ]
