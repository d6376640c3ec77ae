module DreamTime.Tests.CliReconstructTests

open System
open System.IO
open System.Text.RegularExpressions
open System.Threading
open Expecto
open DreamTime
open DreamTime.Renderers
open DreamTime.Cli
open DreamTime.Cli.CommandLine
open DreamTime.Cli.Commands
open DreamTime.Tests.CliHarness

let private optionsOf (words: string list) =
    match CommandLine.parse (Array.ofList ("reconstruct" :: "views" :: words)) with
    | Run results -> Reconstruct.options (results.GetResult Arguments.Reconstruct)
    | Help _ -> failtest "asked for no help"

let private wrong (arguments: string list) (parts: string list) =
    test (String.Join(" ", arguments)) {
        let line = isWrong ("reconstruct" :: "views" :: arguments)

        for part in parts do
            Expect.stringContains line part ""
    }

let tests =
    testList "reconstruct" [
        test "no option means the defaults, and each replaces its own" {
            Expect.equal (optionsOf []) (ReconstructionOptions()) "defaults"

            let options =
                optionsOf [
                    "--seconds=7.5"
                    "--format=usdz"
                    "--texture=none"
                    "--triangles=99"
                    "--seed=3"
                    "--representation=nerf"
                ]

            Expect.equal options.Budget (TimeSpan.FromSeconds 7.5) "budget"
            Expect.equal (options.Format, options.Seed) (AssetFormat.Usdz, 3L) "format, seed"
            Expect.equal options.Asset (AssetOptions(TextureSize = Nullable(), Triangles = Nullable 99)) "asset"
            Expect.equal (optionsOf [ "--representation=splats" ]).Representation Representation.Splats "splats"
            Expect.equal (optionsOf [ "--representation=neus" ]).Representation Representation.Neus "neus"
            Expect.equal (optionsOf [ "--representation=dmtet" ]).Representation Representation.Dmtet "dmtet"
            Expect.isTrue (optionsOf [ "--unbounded" ]).Unbounded "unbounded"
            Expect.equal (optionsOf [ "--triangles=all" ]).Asset (AssetOptions(Triangles = Nullable())) "all"
        }

        testList "wrong words" [
            wrong [ "--representation"; "mesh" ] [ "must be nerf"; "'mesh'" ]
            wrong [ "--unbounded"; "--representation"; "splats" ] [ "--unbounded"; "splats has bounds" ]
            wrong [ "--seconds"; "0" ] [ "--seconds"; "1 to 86400" ]
            wrong [ "--texture"; "5" ] [ "--texture"; "16 to 16,384" ]
            wrong [ "--triangles"; "3" ] [ "--triangles"; "from 4" ]
            wrong [ "--format"; "fbx" ] [ "glb|obj|ply|stl|usdz"; "'fbx'" ]
        ]

        test "a folder without views is the world's fault, and no results are begun" {
            inFolder (fun folder ->
                let out = Path.Combine(folder, "out")
                let line = failsWith 1 [ "reconstruct"; Path.Combine(folder, "none"); "--out"; out ]
                Expect.stringContains line "transforms.json" "what is needed"
                Expect.isFalse (Directory.Exists out) "nothing is made")
        }

        test "a few seconds give a model and test images; the last line on stdout is the ratio" {
            inFolder (fun folder ->
                let out = Path.Combine(folder, "out")
                PosedScene.write folder (PosedScene.square 16 9) |> ignore

                let outcome =
                    succeeds [
                        "reconstruct"
                        folder
                        "--seconds"
                        "3"
                        "--out"
                        out
                        "--texture"
                        "64"
                        "--triangles"
                        "500"
                    ]

                let last = Array.last outcome.Lines
                Expect.isTrue (Regex.IsMatch(last, @"^psnr \d+\.\d\d$")) last
                Expect.stringContains outcome.Error "7 images to learn from, 2 to test with" "what was read"

                for file in outcome.Lines[.. outcome.Lines.Length - 2] do
                    Expect.isTrue (File.Exists file) file

                Expect.isTrue (File.Exists(Path.Combine(out, "test", "view_008.png"))) "a test image")
        }

        test "stopped: what there is, then exit code 130" {
            inFolder (fun folder ->
                PosedScene.write folder (PosedScene.square 4 9) |> ignore

                let outcome =
                    runUntil (CancellationToken(canceled = true)) [
                        "reconstruct"
                        folder
                        "--out"
                        Path.Combine(folder, "out")
                    ]

                Expect.equal outcome.Code 130 outcome.Error)
        }
    ]
