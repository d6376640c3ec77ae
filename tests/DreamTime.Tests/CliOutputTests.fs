module DreamTime.Tests.CliOutputTests

open System.IO
open Expecto
open DreamTime.Cli
open DreamTime.Tests.CliHarness

let private faultOf (body: unit -> 'a) =
    try
        body () |> ignore
        failtest "was accepted"
    with FaultException fault ->
        fault

let private isWorld part (fault: Fault) =
    Expect.equal (Fault.exitCode fault) 1 (Fault.message fault)
    Expect.stringContains (Fault.message fault) part ""

let private isWrong part (fault: Fault) =
    Expect.equal (Fault.exitCode fault) 2 (Fault.message fault)
    Expect.stringContains (Fault.message fault) part ""

let private inside folder name = Path.Combine(folder, name)

let tests =
    testList "output" [
        test "missing folders are made, and nothing else is left in them" {
            inFolder (fun folder ->
                let file = Output.file "--out" [ ".png" ] (inside folder "a/b/c.png")
                Expect.equal file (inside folder "a/b/c.png") ""
                Expect.isEmpty (Directory.GetFileSystemEntries(inside folder "a/b")) "no probe stays")
        }
        test "an ending that is not offered is wrong" {
            faultOf (fun () -> Output.file "--out" [ ".svg"; ".png" ] "x.jpg") |> isWrong ".svg or .png"
        }
        test "an empty path is wrong" {
            faultOf (fun () -> Output.folder "--out" " ") |> isWrong "empty"
            faultOf (fun () -> Output.folder "--out" "a\000b") |> isWrong "--out"
        }
        test "a file where a folder is needed, and the other way round" {
            inFolder (fun folder ->
                File.WriteAllText(inside folder "x.png", "kept")
                faultOf (fun () -> Output.folder "--out" (inside folder "x.png")) |> isWorld "is a file"
                faultOf (fun () -> Output.folder "--out" (inside folder "x.png/y")) |> isWorld "--out"
                Directory.CreateDirectory(inside folder "y.png") |> ignore
                faultOf (fun () -> Output.file "--out" [ ".png" ] (inside folder "y.png")) |> isWorld "is a folder"
                Expect.equal (File.ReadAllText(inside folder "x.png")) "kept" "")
        }
        test "a name that is too long is found before the work, not after it" {
            inFolder (fun folder ->
                let path = inside folder (String.replicate 300 "a" + ".png")
                faultOf (fun () -> Output.file "--out" [ ".png" ] path) |> isWorld "too long")
        }
        test "a folder that cannot be written" {
            if not (Directory.Exists "/proc/self") then
                skiptest "needs /proc, which not even root can write to"

            faultOf (fun () -> Output.folder "--out" "/proc/self/run") |> isWorld "cannot write"
        }
    ]

let faults =
    testList "fault" [
        test "several lines become one, with control characters made visible" {
            Expect.equal (Fault.oneLine "No way.\n  first\n  second\u001b[0m\n") "No way. first; second\\u001b[0m" ""
            Expect.equal (Fault.oneLine "\n") "" ""
        }
        test "quoted text is not longer than a line" {
            Expect.equal (Fault.quote (String.replicate 1000 "x")).Length 62 ""
        }
        test "what exceptions mean" {
            let code error =
                Fault.exitCode (Fault.ofException error)

            Expect.equal (code (System.OperationCanceledException())) 130 ""
            Expect.equal (code (System.AggregateException(System.OperationCanceledException()))) 130 ""
            Expect.equal (code (FileNotFoundException "x")) 1 ""
            Expect.stringContains (Fault.message (Fault.ofException (System.NullReferenceException()))) "unexpected" ""

            let wrapped =
                System.TypeInitializationException("T", System.DllNotFoundException "true reason")

            Expect.equal (Fault.message (Fault.ofException wrapped)) "true reason" ""
        }
        test "doctor names the parts of the machine, and fails where one cannot be used" {
            let outcome = run [ "doctor" ]

            for part in [ "system"; ".NET"; "cores"; "vectors"; "libtorch"; "cuda"; "prior"; "device" ] do
                Expect.exists outcome.Lines (fun line -> line.StartsWith part) part

            let broken =
                outcome.Lines |> Array.exists (fun line -> line.Contains "cannot be used: ")

            Expect.equal outcome.Code (if broken then 1 else 0) outcome.Out
        }
    ]
