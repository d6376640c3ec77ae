module DreamTime.Tests.CliSampleTests

open System.IO
open System.Threading
open Expecto
open DreamTime.Diffusion
open DreamTime.Tests.CliHarness

let private inside folder (name: string) = Path.Combine(folder, name)

/// A folder with a prior in it, and how to sample from that into the folder.
let private withPrior (body: string -> (string list -> string list) -> unit) =
    inFolder (fun folder ->
        let prior = TinyPrior.write (inside folder "prior")
        body folder (fun more -> [ "sample"; "a red ball"; "--prior"; prior; "--steps"; "4" ] @ more))

let tests =
    testList "sample" [
        test "writes a picture, names it on stdout, reports steps on stderr" {
            withPrior (fun folder sample ->
                let picture = inside folder "new/x.png"
                let outcome = succeeds (sample [ "--out"; picture ])
                Expect.equal outcome.Out (picture + "\n") ""
                Expect.stringContains outcome.Error "step 4/4" ""
                Expect.isFalse (outcome.Error.Contains "warning") outcome.Error
                let bytes = File.ReadAllBytes picture
                Expect.equal bytes[1..3] "PNG"B ""
                Expect.equal (Directory.GetFiles(inside folder "new")).Length 1 "no temporary file stays")
        }
        test "a folder in Stable Diffusion's form draws through its autoencoder" {
            inFolder (fun folder ->
                let prior = TinyPrior.writeStableDiffusion (inside folder "prior")
                let picture = inside folder "x.png"

                succeeds [ "sample"; "a red ball"; "--prior"; prior; "--steps"; "2"; "--out"; picture ] |> ignore

                Expect.isTrue (File.Exists picture) "")
        }
        test "an image is turned by a model that can, each view from its own side" {
            inFolder (fun folder ->
                let prior = TinyPrior.writeZero123 (inside folder "zero123")
                let given = inside folder "given.png"

                let red =
                    Array.init (3 * 20 * 30) (fun k -> if k < 600 then 1.0f else float32 (k % 7) / 7.0f)

                DreamTime.Renderers.ImageFile.SavePng(given, System.ReadOnlySpan red, 20, 30)

                let turn name more =
                    let picture = inside folder name
                    let words = [ "sample"; "--image"; given; "--prior"; prior; "--steps"; "3"; "--out"; picture ]
                    let outcome = succeeds (words @ more)
                    Expect.equal outcome.Out (picture + "\n") ""
                    File.ReadAllBytes picture

                let front = turn "front.png" []
                Expect.equal (turn "again.png" [ "--azimuth"; "0"; "--elevation=0" ]) front "no turn is the default"
                Expect.equal (turn "around.png" [ "--azimuth"; "360" ]) front "a full turn is none"
                Expect.notEqual (turn "left.png" [ "--azimuth"; "-30" ]) front "azimuth"
                Expect.notEqual (turn "up.png" [ "--elevation"; "10" ]) front "elevation"
                Expect.notEqual (turn "far.png" [ "--distance"; "0.5" ]) front "distance"
                Expect.notEqual (turn "strong.png" [ "--guidance-scale"; "7.5" ]) front "guidance is 3 unless told"
                Expect.equal (turn "three.png" [ "--guidance-scale"; "3" ]) front "guidance is 3 unless told"

                let fails code words part =
                    let line = failsWith code ("sample" :: words @ [ "--out"; inside folder "x.png" ])
                    Expect.stringContains line part ""

                let text = TinyPrior.write (inside folder "text")
                fails 1 [ "--prior"; prior ] "--image FILE says what to turn"
                fails 1 [ "a ball"; "--prior"; prior ] "--image FILE says what to turn"
                fails 1 [ "--image"; given; "--prior"; text ] "cannot turn --image"
                fails 1 [ "--image"; inside folder "no.png"; "--prior"; prior ] "no.png"
                fails 2 [ "--image"; given ] "--prior with the folder of Zero-1-to-3"
                fails 2 [ "a ball"; "--image"; given; "--prior"; prior ] "contradict each other"
                fails 2 [ "a ball"; "--azimuth"; "3"; "--prior"; text ] "--azimuth is for --image"
                fails 2 [ "--image"; given; "--prior"; prior; "--elevation"; "high" ] "-180 to 180"
                fails 2 [ "--image"; given; "--prior"; prior; "--half" ] "leave --half")
        }
        test "the same seed gives the same bytes, another seed others" {
            withPrior (fun folder sample ->
                let bytes seed sampler =
                    let picture = inside folder $"{seed}.png"
                    succeeds (sample [ "--out"; picture; "--seed"; seed; "--scheduler"; sampler ]) |> ignore
                    File.ReadAllBytes picture

                for sampler in [ "ddim"; "ddpm"; "pndm"; "euler"; "euler-ancestral"; "dpm++" ] do
                    Expect.equal (bytes "3" sampler) (bytes "3" sampler) sampler
                    Expect.notEqual (bytes "3" sampler) (bytes "4" sampler) sampler)
        }
        test "words the prior never saw are named once, and the picture is made" {
            withPrior (fun folder sample ->
                let outcome =
                    succeeds (
                        "sample" :: "a red wombat 🍄 wombat" :: List.skip 2 (sample [ "--out"; inside folder "x.png" ])
                    )

                let warning =
                    outcome.Error.Split('\n') |> Array.find (fun line -> line.StartsWith "warning: ")

                Expect.equal (warning.Split("'wombat'").Length - 1) 1 warning
                Expect.stringContains warning "'🍄'" "an emoji is a word too"
                Expect.isFalse (warning.Contains "'red'") warning)
        }
        test "a cancelled picture is not written, exit code 130" {
            withPrior (fun folder sample ->
                let outcome =
                    runUntil (CancellationToken(canceled = true)) (sample [ "--out"; inside folder "x.png" ])

                Expect.equal outcome.Code 130 outcome.Error
                Expect.isFalse (File.Exists(inside folder "x.png")) "")
        }
        test "more steps than timesteps are wrong" {
            withPrior (fun folder _ ->
                let line =
                    isWrong [
                        "sample"
                        "a ball"
                        "--prior"
                        inside folder "prior"
                        "--out"
                        inside folder "x.png"
                        "--steps"
                        "1001"
                    ]

                Expect.stringContains line "1000 timesteps" "")
        }
        test "wrong words are found before anything is touched" {
            let wrong arguments part =
                Expect.stringContains (isWrong ("sample" :: arguments)) part ""

            wrong [ "--out"; "x.png" ] "prompt is missing"
            wrong [ ""; "--out"; "x.png" ] "prompt is empty"
            wrong [ "a ball" ] "--out is missing"
            wrong [ "a ball"; "--out"; "x.bmp" ] ".png"
            wrong [ "a ball"; "--out"; "x.png"; "--steps"; "0" ] "--steps"
            wrong [ "a ball"; "--out"; "x.png"; "--guidance-scale"; "1,5" ] "--guidance-scale"
            wrong [ "a ball"; "--out"; "x.png"; "--guidance-scale"; "NaN" ] "--guidance-scale"
            wrong [ "a ball"; "--out"; "x.png"; "--prior"; " " ] "--prior"
            wrong [ "a ball"; "--out"; "x.png"; "--scheduler"; "eular" ] "did you mean 'euler'"
            wrong [ "a ball"; "--out"; "x.png"; "--scheduler"; "unipc" ] "dpm++"
            wrong [ String.replicate 100_000 "a"; "--out"; "x.png" ] "100,000"
            wrong [ "a \u0007 ball"; "--out"; "x.png" ] "U+0007"
        }
        test "a broken prior is the world's fault, and named" {
            withPrior (fun folder sample ->
                let fails part =
                    let line = failsWith 1 (sample [ "--out"; inside folder "x.png" ])
                    Expect.stringContains line part ""
                    Expect.isFalse (File.Exists(inside folder "x.png")) ""

                let weights = inside folder "prior/unet/diffusion_pytorch_model.safetensors"
                let bytes = File.ReadAllBytes weights
                File.WriteAllBytes(weights, bytes[.. bytes.Length / 2])
                fails "unet"
                File.Delete weights
                fails "unet"
                File.WriteAllText(inside folder "prior/model_index.json", "{")
                fails "model_index.json"
                Directory.Delete(inside folder "prior", recursive = true)
                fails "prior"
                File.WriteAllText(inside folder "prior", "")
                fails "is a file")
        }
        test "the help names the library's defaults" {
            let help = (succeeds [ "sample"; "--help" ]).Out
            let standard = SampleOptions()
            Expect.stringContains help $"timesteps ({standard.Steps})" ""
            Expect.stringContains help $"0 to 1000 ({standard.GuidanceScale}," ""
        }
    ]
