module DreamTime.Tests.CliProcessTests

open System.IO
open Expecto
open DreamTime.Tests

let private withBash body () =
    if not (File.Exists "/bin/bash") then
        skiptest "needs bash"

    body ()

let tests =
    testList "process" [
        test "results go to stdout with line feeds, and the exit code is 0" {
            let outcome = CliProcess.run [ "schedule"; "table"; "constant 1"; "--steps"; "2" ]
            Expect.equal outcome { Code = 0; Out = "step,timestep\n1,501\n2,1\n"; Error = "" } ""
        }
        test "a wrong request leaves one line on stderr and exit code 2" {
            let outcome = CliProcess.run [ "schedule"; "tabel" ]
            Expect.equal (outcome.Code, outcome.Out) (2, "") ""
            Expect.equal (outcome.Error.TrimEnd('\n').Split('\n').Length) 1 outcome.Error
        }
        testCase "a reader that leaves early, like head, is no error"
        <| withBash (fun () ->
            let outcome =
                CliProcess.shell $"{CliProcess.command} schedule table dreamtime --steps 200000 | head -n 1"

            Expect.equal outcome { Code = 0; Out = "step,timestep\n"; Error = "" } "")
        testCase "a full disk is the world's fault"
        <| withBash (fun () ->
            if not (File.Exists "/dev/full") then
                skiptest "needs /dev/full"

            let outcome =
                CliProcess.shell $"{CliProcess.command} schedule table dreamtime --steps 200000 > /dev/full"

            Expect.equal outcome.Code 1 outcome.Error
            Expect.stringStarts outcome.Error "error: " ""
            Expect.isFalse (outcome.Error.Contains "   at ") "no stack trace")
        testCase "a closed stdout is the world's fault, a closed stderr leaves the exit code"
        <| withBash (fun () ->
            let closedOut = CliProcess.shell $"{CliProcess.command} schedule list >&-"
            Expect.equal closedOut.Code 1 closedOut.Error
            Expect.equal (closedOut.Error.TrimEnd('\n').Split('\n').Length) 1 closedOut.Error
            let closedError = CliProcess.shell $"{CliProcess.command} schedule tabel 2>&-"
            Expect.equal closedError { Code = 2; Out = ""; Error = "" } "")
    ]
