module DreamTime.Tests.CliPriorTests

open System.IO
open System.Threading
open Expecto
open DreamTime.Tests.CliHarness

let private wrongTraining (arguments: string list) (part: string) =
    test $"""train {String.concat " " arguments}""" {
        inFolder (fun folder ->
            let out = Path.Combine(folder, "run")
            Expect.stringContains (isWrong ([ "prior"; "train"; "--out"; out ] @ arguments)) part ""
            Expect.isFalse (Directory.Exists out) "nothing is made")
    }

let tests =
    testList "prior" [
        wrongTraining [] "--minutes"
        wrongTraining [ "--minutes"; "0" ] "--minutes"
        wrongTraining [ "--steps"; "0" ] "--steps"
        wrongTraining [ "--steps"; "1"; "--batch"; "3" ] "multiple"
        wrongTraining [ "--steps"; "1"; "--batch"; "0" ] "--batch"
        wrongTraining [ "--steps"; "1"; "--learning-rate"; "inf" ] "--learning-rate"
        wrongTraining [ "--steps"; "1"; "--resume"; "--from"; "x" ] "--from"

        test "a training needs a folder" {
            Expect.stringContains (isWrong [ "prior"; "train"; "--steps"; "1" ]) "--out" ""
        }
        test "prior alone names its commands" { Expect.stringContains (isWrong [ "prior" ]) "prior --help" "" }
        test "an inspection says what a folder holds, and that the embedded prior is whole" {
            inFolder (fun folder ->
                let prior = TinyPrior.writeStableDiffusion folder

                for more in [ []; [ "--every-tensor" ] ] do
                    let outcome = succeeds ([ "prior"; "inspect"; prior ] @ more)
                    Expect.equal outcome.Error "" "nothing to say on stderr"

                    for part in [ "unet"; "UNet2DConditionModel"; "vae"; "AutoencoderKL"; "tokenizer"; "memory: " ] do
                        Expect.stringContains outcome.Out part "")

            Expect.stringContains (succeeds [ "prior"; "inspect" ]).Out "PixelUnshuffle" "embedded"
        }
        test "an inspection lists every problem and then fails" {
            inFolder (fun folder ->
                let prior = TinyPrior.writeStableDiffusion folder
                File.Delete(Path.Combine(prior, "unet/diffusion_pytorch_model.safetensors"))
                File.Delete(Path.Combine(prior, "vae/config.json"))

                for out in [ []; [ "--out"; Path.Combine(folder, "sheets") ] ] do
                    let outcome = run ([ "prior"; "inspect"; prior ] @ out)
                    Expect.equal outcome.Code 1 "exit code"
                    let said = outcome.Out + outcome.Error
                    Expect.stringContains said "problem: unet: " ""
                    Expect.stringContains said "problem: vae: " ""

                    Expect.stringContains
                        (List.last (List.ofSeq (outcome.Error.TrimEnd().Split '\n')))
                        "problems: 2"
                        "")
        }
        test "an inspection needs a prior that is there" {
            inFolder (fun folder ->
                let line =
                    failsWith 1 [ "prior"; "inspect"; Path.Combine(folder, "none"); "--out"; folder ]

                Expect.stringContains line "none" "")
        }
        test "a cancelled inspection draws nothing, exit code 130" {
            inFolder (fun folder ->
                let prior = TinyPrior.write (Path.Combine(folder, "prior"))
                let sheets = Path.Combine(folder, "sheets")

                let outcome =
                    runUntil (CancellationToken(canceled = true)) [ "prior"; "inspect"; prior; "--out"; sheets ]

                Expect.equal outcome.Code 130 outcome.Error
                Expect.isEmpty (Directory.GetFiles sheets) "")
        }
        test "nothing to resume is the world's fault" {
            inFolder (fun folder ->
                failsWith 1 [ "prior"; "train"; "--steps"; "1"; "--resume"; "--out"; folder ] |> ignore)
        }
    ]
