module DreamTime.Tests.DistillationTests

open System
open System.IO
open System.Threading
open Expecto
open DreamTime
open DreamTime.Renderers
open DreamTime.Schedules
open DreamTime.Tests

let private red = 0.8, 0.2, 0.2
let private blue = 0.2, 0.3, 0.9

let private imageOptions (schedule: string) steps =
    TextTo3DOptions(
        Representation = Representation.Image,
        Schedule = ScheduleExpression.Parse schedule,
        Steps = steps,
        Views = 1,
        Guidance = GuidanceOptions(Scale = 1.0),
        Seed = 3L
    )

let private finish (run: TextTo3DRun) =
    while run.StepsDone < run.Options.Steps do
        run.Advance() |> ignore

/// The image of an image run, and the mean of each of its channels.
let private picture (run: TextTo3DRun) =
    run.Render(run.Around 1, 0, Numerics.Vector3.One).ColorOf(0).ToArray()

let private means (color: float32[]) =
    color |> Array.chunkBySize (color.Length / 3) |> Array.map (Array.averageBy float)

let private distance (color: float32[]) (r, g, b) =
    Array.zip (means color) [| r; g; b |] |> Array.sumBy (fun (x, y) -> abs (x - y))

/// A thing with colour differs from grey in its channels; a featureless blob keeps them near each other.
let private colourfulness (images: Images) =
    let plane = images.Height * images.Width
    let color = images.ColorOf(0).ToArray()

    Seq.init plane (fun i ->
        let channels = [ color[i]; color[plane + i]; color[2 * plane + i] ]
        float (List.max channels - List.min channels))
    |> Seq.average

let private nerfOptions steps =
    TextTo3DOptions(
        Steps = steps,
        Views = 2,
        Guidance = GuidanceOptions(Scale = 1.0),
        ViewDependentPrompts = false,
        MeshResolution = 24,
        TurntableFrames = 2,
        TurntableSize = 16,
        PreviewEvery = 2,
        Seed = 5L
    )

let private temporary () =
    Directory.CreateTempSubdirectory("dreamtime-test-").FullName

let private withFolder body =
    let folder = temporary ()

    try
        body folder
    finally
        Directory.Delete(folder, true)

let private generate prior folder options overwrite cancellation =
    TextTo3D.GenerateAsync(prior, "a test", folder, options, overwrite, null, cancellation).GetAwaiter().GetResult()

let mode =
    testList "in two dimensions" [
        for schedule in [ "dreamtime"; "sds"; "linear" ] do
            test $"{schedule} reaches the only mode of a prior that knows one" {
                use prior = KnownPriors.colours [ red ]
                use run = TextTo3D.Start(prior, "anything", imageOptions schedule 300)
                let before = distance (picture run) red
                finish run
                let after = distance (picture run) red
                // The mode has a spread of 0.05 in latents of -1..1; the image starts at grey, 0.9 away in the sum over channels.
                Expect.isGreaterThan before 0.5 "the start is elsewhere"
                Expect.isLessThan after 0.08 "the end is at the mode"
            }

        test "between two modes the end is at one of them, not at their mean" {
            use prior = KnownPriors.colours [ red; blue ]
            use run = TextTo3D.Start(prior, "anything", imageOptions "dreamtime" 300)
            finish run
            let image = picture run
            let nearest = min (distance image red) (distance image blue)
            Expect.isLessThan nearest 0.1 "distance to the nearer mode"
        }

        test "the gradient is w(t) (eps_hat - eps), seen through the codec" {
            use prior = KnownPriors.colours [ red ]

            let guidance =
                ScoreDistillation(prior.Denoiser, prior.Codec, GuidanceOptions(ClampPrediction = false))

            let images = Images(1, KnownPriors.size, KnownPriors.size)
            Array.fill images.Color 0 images.Color.Length 0.5f
            let t = 600
            let answer = guidance.Gradient(images, [| t |], null, 11L)
            // A Gaussian mode of spread s at m has, for the latent z = 0 of a grey image, the posterior noise
            // sigma (a z + sigma e - a m) / (a^2 s^2 + sigma^2); its mean over many e is -sigma a m / (a^2 s^2 + sigma^2).
            let abar = prior.Noise.AlphaBar(t * 1<timestep>)
            let a, sigma = sqrt abar, sqrt (1.0 - abar)
            let variance = abar * 0.05 * 0.05 + sigma * sigma
            let r, g, b = red

            for channel, value in List.indexed [ r; g; b ] do
                let m = 2.0 * value - 1.0
                let plane = KnownPriors.size * KnownPriors.size

                let mean =
                    answer.Color |> Array.skip (channel * plane) |> Array.take plane |> Array.averageBy float
                // d latent / d pixel = 2; eps_hat - eps keeps of e only the share 1 - sigma^2 / variance, 0.2 %, so the mean is sharp.
                let expected = 2.0 * (1.0 - abar) * (-sigma * a * m / variance)
                Expect.floatClose { absolute = 2e-3; relative = 1e-2 } mean expected $"channel {channel}"
        }

        test "there is one timestep for each view" {
            use prior = KnownPriors.colours [ red ]
            let guidance = ScoreDistillation(prior.Denoiser, prior.Codec, GuidanceOptions())

            Expect.throwsT<ArgumentException>
                (fun () -> guidance.Gradient(Images(2, 8, 8), [| 500 |], null, 0L) |> ignore)
                "two views, one timestep"
        }
    ]

let knowledge =
    testList "knowledge" [
        test "a prior that knows a colour colours the field; one that knows nothing makes no object" {
            let run prior =
                use prior = prior
                use run = TextTo3D.Start(prior, "anything", nerfOptions 60)
                let before = colourfulness (run.Render(run.Around 1, 16, Numerics.Vector3.One))
                finish run
                before, colourfulness (run.Render(run.Around 1, 16, Numerics.Vector3.One))

            let _, knowing = run (KnownPriors.colours [ red ])
            let before, silent = run (KnownPriors.silent ())
            let _, babbling = run (KnownPriors.babbling ())
            Expect.isGreaterThan knowing 0.2 "the colour that the prior knows appears"
            Expect.isLessThan silent (before + 0.1) "silence brings no colour"
            Expect.isLessThan babbling (before + 0.1) "noise brings no colour"
        }
    ]

let runs =
    testSequenced
    <| testList "run folder" [
        test "the same seed gives the same bytes" {
            withFolder (fun folder ->
                let once name =
                    use prior = KnownPriors.colours [ red ]
                    let out = Path.Combine(folder, name)
                    let result = generate prior out (nerfOptions 6) false CancellationToken.None
                    Expect.isNull result.Warning "a surface formed"
                    File.ReadAllBytes(string result.Model), File.ReadAllBytes(string result.Picture)

                Expect.equal (once "a") (once "b") "model and turntable")
        }

        test "a run leaves its manifest, a log line a step, previews and assets, and no temporary file" {
            withFolder (fun folder ->
                use prior = KnownPriors.colours [ red ]
                let out = Path.Combine(folder, "run")
                generate prior out (nerfOptions 6) false CancellationToken.None |> ignore

                let files =
                    Directory.GetFiles(out, "*", SearchOption.AllDirectories)
                    |> Array.map (fun file -> Path.GetRelativePath(out, file))

                let expected = [
                    "log.jsonl"
                    "model.glb"
                    "run.json"
                    "turntable.gif"
                    "depth.png"
                    "normal.png"
                    for kind in [ "step"; "depth"; "normal" ] do
                        for step in [ 1; 2; 4; 6 ] do
                            $"preview/{kind}-00000{step}.png"
                ]

                Expect.equal (Set.ofArray files) (Set.ofList expected) "files"
                Expect.equal (File.ReadAllLines(Path.Combine(out, "log.jsonl")).Length) 6 "log lines"

                let manifest =
                    Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(out, "run.json"))).RootElement

                Expect.equal (manifest.GetProperty("state").GetString()) "done" "state"
                Expect.equal (manifest.GetProperty("stepsDone").GetInt32()) 6 "steps")
        }

        test "a cancelled run exports what there is and says so" {
            withFolder (fun folder ->
                use prior = KnownPriors.colours [ red ]
                use cancellation = new CancellationTokenSource()
                let out = Path.Combine(folder, "run")

                let progress = {
                    new IProgress<StepReport> with
                        member _.Report report =
                            if report.Index = 3 then
                                cancellation.Cancel()
                }

                let result =
                    TextTo3D
                        .GenerateAsync(prior, "a test", out, nerfOptions 50, false, progress, cancellation.Token)
                        .GetAwaiter()
                        .GetResult()

                Expect.isTrue result.Cancelled "cancelled"
                Expect.equal result.StepsDone 3 "within one step"
                Expect.isTrue (File.Exists result.Picture) "the turntable is there"

                let manifest =
                    Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(out, "run.json"))).RootElement

                Expect.equal (manifest.GetProperty("state").GetString()) "cancelled" "state")
        }

        test "a folder that is a file, or holds a run, is refused and left as it is" {
            withFolder (fun folder ->
                use prior = KnownPriors.colours [ red ]
                let file = Path.Combine(folder, "file")
                File.WriteAllText(file, "mine")

                Expect.throwsT<RunFolderException>
                    (fun () -> generate prior file (nerfOptions 2) false CancellationToken.None |> ignore)
                    "a file"

                Expect.equal (File.ReadAllText file) "mine" "untouched"
                let out = Path.Combine(folder, "run")
                generate prior out (nerfOptions 2) false CancellationToken.None |> ignore
                let before = File.ReadAllBytes(Path.Combine(out, "run.json"))

                Expect.throwsT<RunFolderException>
                    (fun () -> generate prior out (nerfOptions 2) false CancellationToken.None |> ignore)
                    "a run"

                Expect.equal (File.ReadAllBytes(Path.Combine(out, "run.json"))) before "untouched"
                generate prior out (nerfOptions 2) true CancellationToken.None |> ignore)
        }

        test "a schedule that cannot be compiled is an error before anything is written" {
            withFolder (fun folder ->
                use prior = KnownPriors.colours [ red ]
                let out = Path.Combine(folder, "run")

                let options =
                    TextTo3DOptions(Schedule = ScheduleExpression.Parse "descend (constant 0)")

                Expect.throwsT<ScheduleException>
                    (fun () -> generate prior out options false CancellationToken.None |> ignore)
                    "no mass"

                Expect.isFalse (Directory.Exists out) "nothing was made")
        }
    ]
