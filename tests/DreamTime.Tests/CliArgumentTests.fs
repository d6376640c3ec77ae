module DreamTime.Tests.CliArgumentTests

open System.IO
open Expecto
open DreamTime.Cli
open DreamTime.Tests.CliHarness

let private goldenHelp = [
    ""
    "schedule"
    "schedule table"
    "schedule plot"
    "schedule check"
    "schedule describe"
    "schedule fit"
    "schedule convert"
    "sample"
    "generate"
    "reconstruct"
]

let private words (command: string) =
    command.Split(' ', System.StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

let private helpTest command =
    let name = if command = "" then "dreamtime" else command.Replace(' ', '-')

    test $"{name} --help prints golden/help/{name}.txt and exits 0" {
        let outcome = succeeds (words command @ [ "--help" ])

        let golden =
            Path.Combine(System.AppContext.BaseDirectory, "golden", "help", $"{name}.txt")

        Expect.equal outcome.Out (File.ReadAllText golden) $"rewrite {golden} where the change is meant"
        Expect.equal outcome.Error "" "nothing on stderr"
    }

let private wrong name arguments parts =
    test name {
        let line = isWrong arguments

        for part in parts do
            Expect.stringContains line part ""
    }

let tests =
    testList "arguments" [
        testList "help" (List.map helpTest goldenHelp)

        test "no arguments print the usage and exit 0" { Expect.equal (succeeds []).Out (succeeds [ "--help" ]).Out "" }
        test "-h, help X and X --help are one thing" {
            let expected = (succeeds [ "schedule"; "table"; "--help" ]).Out
            Expect.equal (succeeds [ "schedule"; "table"; "-h" ]).Out expected "-h"
            Expect.equal (succeeds [ "help"; "schedule"; "table" ]).Out expected "help"
        }
        test "--help wins over everything that is wrong beside it" {
            succeeds [ "schedule"; "table"; "--steps"; "0"; "--help" ] |> ignore
        }
        test "--version prints one line" { Expect.equal (succeeds [ "--version" ]).Lines.Length 1 "" }

        wrong "a misspelt command is named, with the nearest one" [ "shedule"; "list" ] [ "'shedule'"; "'schedule'" ]
        wrong "a misspelt command below another too" [ "schedule"; "tabel" ] [ "'tabel'"; "'table'"; "schedule --help" ]
        wrong "a word like no command gets no suggestion" [ "zebra" ] [ "unknown command 'zebra' (" ]
        wrong "a misspelt option is named, with the nearest one" [ "schedule"; "table"; "snr"; "--stepz"; "10" ] [
            "'--stepz'"
            "'--steps'"
        ]
        wrong "an option of another command is unknown" [ "schedule"; "list"; "--steps"; "3" ] [ "'--steps'" ]
        wrong "an option without its value" [ "schedule"; "table"; "snr"; "--steps" ] [ "'--steps'"; "<n>" ]
        wrong "an option given twice" [ "schedule"; "table"; "snr"; "--steps"; "1"; "--steps"; "2" ] [
            "'--steps'"
            "more than once"
        ]
        wrong "a word that is none of the choices" [ "schedule"; "table"; "snr"; "--format"; "xml" ] [
            "csv|json"
            "'xml'"
        ]
        wrong "a prompt without quotes" [ "generate"; "a"; "red"; "mushroom" ] [ "'red'"; "quotes" ]
        wrong "a prompt like an option" [ "generate"; "-red" ] [ "'-red'"; "goes after --" ]
        wrong "a command without its own command" [ "schedule" ] [ "schedule --help" ]
        wrong "control characters of the input never reach the terminal" [ "\u001b[31mred" ] [ "\\u001b[31mred" ]

        test "--verbose adds the stack trace" {
            let outcome = run [ "zebra"; "--verbose" ]
            Expect.equal outcome.Code 2 ""
            Expect.stringContains outcome.Error "   at DreamTime.Cli" ""
        }
    ]

let suggestions =
    testList "suggestion" [
        test "a swap of neighbours is one edit" { Expect.equal (Suggestion.distance "tabel" "table") 1 "" }
        test "the empty word is as far as the other is long" {
            Expect.equal (Suggestion.distance "" "steps") 5 ""
            Expect.equal (Suggestion.distance "steps" "") 5 ""
        }
        testProperty "distance is symmetric and zero on equal words" (fun (left: char list) (right: char list) ->
            let left, right =
                System.String(Array.ofList left), System.String(Array.ofList right)

            Suggestion.distance left right = Suggestion.distance right left && Suggestion.distance left left = 0)
    ]
