module DreamTime.Tests.CliGenerateTests

open System.Diagnostics
open System.IO
open System.Text.Json
open System.Threading
open Expecto
open DreamTime
open DreamTime.Cli
open DreamTime.Cli.CommandLine
open DreamTime.Cli.Commands
open DreamTime.Tests.CliHarness

let private inside folder (name: string) = Path.Combine(folder, name)

/// A folder with a prior in it, and the words that generate from that into the folder's `run`.
let private withPrior (body: string -> (string list -> string list) -> 'a) =
    inFolder (fun folder ->
        let prior = TinyPrior.write (inside folder "prior")

        body folder (fun more -> [ "generate"; "a red ball"; "--prior"; prior; "--out"; inside folder "run" ] @ more))

let private image (steps: int) = [ "--representation"; "image"; "--steps"; string steps ]

let private manifest folder (key: string) =
    use document = JsonDocument.Parse(File.ReadAllText(inside folder "run/run.json"))
    string (document.RootElement.GetProperty key)

let private optionsOf (words: string list) =
    match CommandLine.parse (Array.ofList ("generate" :: "a ball" :: words)) with
    | Run results -> Generate.options (results.GetResult Arguments.Generate)
    | Help _ -> failtest "asked for no help"

let private wrong (name: string) (arguments: string list) (parts: string list) =
    test name {
        inFolder (fun folder ->
            let line = isWrong ("generate" :: arguments @ [ "--out"; inside folder "run" ])
            Expect.isFalse (Directory.Exists(inside folder "run")) "nothing is made"

            for part in parts do
                Expect.stringContains line part "")
    }

let private options =
    testList "options" [
        test "a quality alone means that quality's options, all of them" {
            for name, quality in [ "draft", Quality.Draft; "normal", Quality.Normal; "fine", Quality.Fine ] do
                Expect.equal (optionsOf [ "--quality"; name ]) (TextTo3DOptions.For quality) name

            Expect.equal (optionsOf []) (TextTo3DOptions()) "normal unless told otherwise"
        }
        test "each option replaces its own value" {
            let options =
                optionsOf [
                    "--quality=draft"
                    "--steps=7"
                    "--views=3"
                    "--seed=9"
                    "--guidance-scale=2.5"
                    "--schedule=hifa"
                    "--representation=image"
                    "--format=obj"
                    "--texture=none"
                    "--triangles=500"
                    "--shading=soft"
                    "--background=checker"
                    "--regularizer"
                    "orientation=line 0 0.1"
                    "--regularizer"
                    "distortion=0.5"
                ]

            Expect.equal (options.Steps, options.Views, options.Seed) (7, 3, 9L) ""
            Expect.equal options.Guidance.Scale 2.5 ""
            Expect.equal (string options.Schedule) "power 980.5 300.5 0.5" ""
            Expect.equal options.Representation Representation.Image ""
            Expect.equal options.Light.Mode DreamTime.Renderers.ShadingMode.Soft ""
            Expect.equal options.Background DreamTime.Renderers.BackgroundKind.Checker ""

            Expect.equal
                [ for regularizer in options.RegularizerSchedules -> string regularizer ]
                [ "orientation=line 0 0.1"; "distortion=0.5" ]
                ""

            Expect.equal options.Format DreamTime.Renderers.AssetFormat.Obj ""

            Expect.equal
                options.Asset
                (DreamTime.Renderers.AssetOptions(TextureSize = System.Nullable(), Triangles = System.Nullable 500))
                ""

            Expect.equal options.MeshResolution (TextTo3DOptions.For Quality.Draft).MeshResolution ""
        }
        test "the light around a dmtet goes to it, and changes nothing else" {
            let options = optionsOf [ "--representation=dmtet"; "--environment=studio" ]

            Expect.equal options.Dmtet.Light DreamTime.Renderers.EnvironmentLight.Studio "light"
            Expect.equal (options.LitBy null) (optionsOf [ "--representation=dmtet" ]) "all else"
        }
    ]

let private mistakes =
    testList "wrong words are found before anything is made" [
        wrong "no prompt" [] [ "prompt is missing" ]
        wrong "an environment around what has none" [ "x"; "--environment=studio" ] [
            "--environment is the light around a dmtet; for nerf there is --shading"
        ]
        wrong "an empty prompt" [ "" ] [ "prompt is empty" ]
        wrong "a prompt of blanks" [ " \t " ] [ "prompt is empty" ]
        wrong "an endless prompt" [ String.replicate 100_000 "a" ] [ "100,000"; "10,000" ]
        wrong "a prompt with a control character" [ "a \u001b[31m ball" ] [ "U+001B at character 3" ]
        yield!
            [ "0"; "-1"; "1000000000"; "2147483648"; "1.5" ]
            |> List.map (fun steps ->
                wrong $"--steps {steps}" [ "a ball"; "--steps"; steps ] [ "--steps"; "1 to 1,000,000"; steps ])
        wrong "--texture 8" [ "a ball"; "--texture"; "8" ] [ "--texture"; "16 to 16,384" ]
        wrong "--triangles few" [ "a ball"; "--triangles"; "few" ] [ "--triangles"; "'few'" ]
        wrong "--views 65" [ "a ball"; "--views"; "65" ] [ "--views"; "1 to 64" ]
        wrong "--seed -1" [ "a ball"; "--seed"; "-1" ] [ "--seed" ]
        wrong "--quality best" [ "a ball"; "--quality"; "best" ] [ "draft|normal|fine"; "'best'" ]
        wrong "a schedule that cannot be read" [ "a ball"; "--schedule"; "snr * gaussian 500" ] [ "column 19" ]
    ]

let private folders =
    testList "the run's folder" [
        test "a file in its place is kept and named" {
            withPrior (fun folder generate ->
                File.WriteAllText(inside folder "run", "kept")
                Expect.stringContains (failsWith 1 (generate (image 1))) "is a file" ""
                Expect.equal (File.ReadAllText(inside folder "run")) "kept" "")
        }
        test "a run that is there is kept, unless it is to be replaced" {
            withPrior (fun folder generate ->
                let bytes seed more =
                    succeeds (generate (image 2 @ [ "--seed"; seed ] @ more)) |> ignore
                    File.ReadAllBytes(inside folder "run/image.png")

                let first = bytes "1" []
                let line = failsWith 1 (generate (image 2))
                Expect.stringContains line "--overwrite" ""
                Expect.equal (File.ReadAllBytes(inside folder "run/image.png")) first "untouched"
                Expect.notEqual (bytes "2" [ "--overwrite" ]) first "replaced")
        }
        test "a prior that is not there is named, and no run is begun" {
            withPrior (fun folder _ ->
                let line =
                    failsWith 1 [ "generate"; "a ball"; "--prior"; inside folder "none"; "--out"; inside folder "run" ]

                Expect.stringContains line "none" ""
                Expect.isFalse (File.Exists(inside folder "run/run.json")) "")
        }
        test "a schedule beyond the prior's timesteps is wrong, whatever the prior" {
            withPrior (fun _ generate ->
                let line = isWrong (generate (image 1 @ [ "--schedule"; "at 2000" ]))
                Expect.stringContains line "2000" "")
        }
    ]

let private runs =
    testList "run" [
        test "the guidance scale is the prior's own, unless it is said" {
            let scaleOf (write: string -> string) (more: string list) =
                inFolder (fun folder ->
                    let prior = write (inside folder "prior")
                    let words = [ "generate"; "a red ball"; "--prior"; prior; "--out"; inside folder "run" ]
                    succeeds (words @ image 1 @ more) |> ignore
                    use document = JsonDocument.Parse(manifest folder "guidance")
                    document.RootElement.GetProperty("scale").GetDouble())

            Expect.equal (scaleOf TinyPrior.write []) 7.5 "a prior of pixels, as the embedded one"
            Expect.equal (scaleOf TinyPrior.writeStableDiffusion []) 100.0 "Stable Diffusion"
            Expect.equal (scaleOf TinyPrior.writeStableDiffusion [ "--guidance-scale"; "9" ]) 9.0 "said"
        }
        test "an image run leaves run.json, log.jsonl and image.png, and names the picture on stdout" {
            withPrior (fun folder generate ->
                let outcome = succeeds (generate (image 3))
                Expect.equal outcome.Out (inside folder "run/image.png" + "\n") ""
                Expect.stringContains outcome.Error "step 3/3, t = " ""
                Expect.stringContains outcome.Error "device: cpu" "auto says what it came to"
                Expect.equal (File.ReadAllLines(inside folder "run/log.jsonl")).Length 3 "a record a step"
                Expect.equal (manifest folder "state") "done" "")
        }
        test "a NeRF run leaves a turntable, and a model or the reason why there is none" {
            withPrior (fun folder generate ->
                let outcome =
                    succeeds (generate [ "--quality"; "draft"; "--steps"; "1"; "--views"; "1" ])

                Expect.isTrue (File.Exists(inside folder "run/turntable.gif")) ""

                Expect.isTrue
                    (File.Exists(inside folder "run/model.glb") || outcome.Error.Contains "warning: ")
                    outcome.Error)
        }
        test "cancelled before its first step: exit code 130, nothing exported, the run says so" {
            withPrior (fun folder generate ->
                let outcome = runUntil (CancellationToken(canceled = true)) (generate (image 5))
                Expect.equal (outcome.Code, outcome.Out) (130, "") outcome.Error
                Expect.equal (manifest folder "state") "cancelled" "")
        }
        test "--device cuda is the world's fault where there is none" {
            withPrior (fun folder generate ->
                Expect.stringContains (failsWith 1 (generate [ "--device"; "cuda" ])) "cuda" ""
                Expect.isFalse (Directory.Exists(inside folder "run")) "")
        }
    ]

/// A parent that ignores SIGINT, as shells do for jobs in the background, hands that on to its children.
let private ignoresInterrupts () =
    let mask = "SigIgn:"

    File.Exists "/proc/self/status"
    && File.ReadLines "/proc/self/status"
       |> Seq.filter _.StartsWith(mask)
       |> Seq.exists (fun line -> System.Convert.ToUInt64(line.Substring(mask.Length).Trim(), 16) &&& 2UL <> 0UL)

/// Sends a signal once the run has logged a step.
let private signalWhenRunning (signal: string) (log: string) (running: Process) =
    let patience = Stopwatch.StartNew()

    while not running.HasExited
          && patience.Elapsed.TotalMinutes < 4.0
          && not (File.Exists log && FileInfo(log).Length > 0L) do
        Thread.Sleep 20

    use kill = Process.Start("kill", [ $"-{signal}"; string running.Id ])
    kill.WaitForExit()

let private stopped (signal: string) =
    test $"SIG{signal} stops within a step, exports what there is, exit code 130" {
        if System.OperatingSystem.IsWindows() then
            skiptest "needs signals"

        if signal = "INT" && ignoresInterrupts () then
            skiptest "this process was started with SIGINT ignored"

        withPrior (fun folder generate ->
            let outcome =
                CliProcess.runWhile
                    (signalWhenRunning signal (inside folder "run/log.jsonl"))
                    (generate (image 1_000_000))

            Expect.equal outcome.Code 130 outcome.Error
            Expect.equal outcome.Out (inside folder "run/image.png" + "\n") "what there is, is named"
            Expect.isTrue (File.Exists(inside folder "run/image.png")) ""
            Expect.equal (manifest folder "state") "cancelled" ""
            Expect.stringContains outcome.Error "of 1000000 steps" ""
            Expect.isFalse (outcome.Error.Contains "   at ") "no stack trace")
    }

let tests =
    testList "generate" [ options; mistakes; folders; runs; testList "signals" [ stopped "INT"; stopped "TERM" ] ]
