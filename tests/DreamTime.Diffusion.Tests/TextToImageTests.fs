module DreamTime.Diffusion.Tests.TextToImageTests

open System
open System.Collections.Generic
open System.Threading
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Schedules

type private Tensor = torch.Tensor

/// Latents of four channels, which no test decodes.
let private latentsOnly = {
    new ILatentCodec with
        member _.Channels = 4
        member _.Factor = 2
        member _.Encode image = image
        member _.Decode latent = latent
        member _.Dispose() = ()
}

/// From embeddings to latents with the golden models: scheduler, denoiser and guidance together.
let private golden model =
    test $"{model}: ten DDIM steps under guidance equal diffusers'" {
        use _ = torch.NewDisposeScope()
        use _ = torch.no_grad ()
        let folder = ModelFolder.At(GoldenFixture.Folder model)

        let config =
            SchedulerConfig.Parse(folder.ReadText "scheduler/scheduler_config.json")

        let unet =
            new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText "unet/config.json"))

        ModuleLoader.Load(unet, folder, folder.WeightsFile "unet")
        let denoiser = new UNetDenoiser(unet, config.Noise, config.Prediction)

        use prior =
            new Prior(model, "", 16, config, denoiser, latentsOnly, (fun _ -> torch.zeros 1L))

        let scheduler = DdimScheduler prior.Scheduler
        let fixture = GoldenFixture(model, "e2e_ddim")
        let steps = fixture.Meta.GetProperty("steps").GetInt32()
        let scale = fixture.Meta.GetProperty("guidance_scale").GetDouble()

        let negative, text =
            fixture["mid.prompt_embeds_uncond"], fixture["mid.prompt_embeds_cond"]

        let mutable latents = fixture["in.latents"]

        for step, t in Seq.indexed (scheduler.Timesteps steps) do
            let eps =
                ClassifierFreeGuidance.PredictNoise(denoiser, latents, [| t |], negative, text, scale)

            latents <- scheduler.Step(eps, t, steps, latents).Previous
            fixture.Compare($"out.latents.{step}", latents)

        printfn "%s e2e_ddim: largest error %.2f atol at %s" model (fst fixture.Worst) (snd fixture.Worst)
    }

let private seed = 3

/// Two 4x4 pictures.
let private pictures =
    let random = Random seed
    [| for _ in 1..2 -> Array.init 48 (fun _ -> random.NextDouble()) |]

/// A prior that knows the two pictures and nothing else: "first", "second", and anything else for either.
let private twoPictures () =
    let components = [|
        for picture in pictures -> MixtureComponent(1.0, Array.map (fun v -> 2.0 * v - 1.0) picture, 0.0)
    |]

    let factors prompt =
        match prompt with
        | "first" -> [| 1.0; 0.0 |]
        | "second" -> [| 0.0; 1.0 |]
        | _ -> [| 1.0; 1.0 |]

    let denoiser =
        new AnalyticDenoiser(NoiseSchedule.StableDiffusion, 3, 4, 4, components)

    let encode prompt =
        torch.tensor(factors prompt).reshape(1L, 1L, 2L)

    new Prior("two pictures", "none", 4, SchedulerConfig(), denoiser, new PixelUnshuffleCodec(1), encode)

let private picture (k: int) =
    torch.tensor(pictures[k], torch.float32).reshape(1L, 3L, 4L, 4L)

let private distance (a: Tensor) (b: Tensor) = (a - b).abs().max().ToDouble()

let private row (k: int) (images: Tensor) = images.narrow (0L, int64 k, 1L)

let private few = SampleOptions(Steps = 20, GuidanceScale = 1.0)

let private sample (prior: Prior) (prompts: string list) options =
    TextToImage(prior).Sample(Array.ofList prompts, options)

let tests =
    testList "TextToImage" [
        golden "sd15-tiny"
        golden "sd21-tiny"

        test "a prior that knows one picture of a text draws that picture, by any sampler" {
            use _ = torch.NewDisposeScope()
            use prior = twoPictures ()

            for sampler in Enum.GetValues<SamplerKind>() do
                let options = SampleOptions(Steps = 20, GuidanceScale = 1.0, Sampler = sampler)
                let images = sample prior [ "first"; "second" ] options
                Expect.equal images.shape [| 2L; 3L; 4L; 4L |] "shape"

                let tolerance =
                    match sampler with
                    // They end at t = 1: sqrt(1 - abar_1) = 0.029 of noise stays, up to 4 deviations, in a range of 2.
                    | SamplerKind.Pndm
                    | SamplerKind.DpmSolverMultistep -> 0.029 * 4.0 / 2.0
                    // x0 = (x - noise eps) / signal cancels to float32's rounding of x over a signal near 1.
                    | _ -> 1e-5

                for k in 0..1 do
                    Expect.isLessThan (distance (row k images) (picture k)) tolerance $"{sampler}, picture {k}"
        }

        test "an image depends on its prompt and seed, not on its neighbours" {
            use _ = torch.NewDisposeScope()
            use prior = twoPictures ()

            let options seed =
                SampleOptions(Steps = 5, GuidanceScale = 3.0, Eta = 1.0, Seed = seed)

            let together = sample prior [ "first"; "any"; "second" ] (options 10L)
            let alone = sample prior [ "any" ] (options 11L)
            Expect.equal (distance (row 1 together) alone) 0.0 "second of three, alone"
            Expect.equal (distance (sample prior [ "any" ] (options 11L)) alone) 0.0 "again"
        }

        test "different seeds find both pictures of an open text" {
            use _ = torch.NewDisposeScope()
            use prior = twoPictures ()
            let images = sample prior (List.replicate 16 "any") few

            let nearest =
                set [
                    for k in 0..15 ->
                        let near j = distance (row k images) (picture j)
                        if near 0 < near 1 then 0 else 1
                ]

            Expect.equal nearest (set [ 0; 1 ]) "both modes"
        }

        test "progress counts every step with its t, and a cancelled run stops before the next" {
            use _ = torch.NewDisposeScope()
            use prior = twoPictures ()
            use cancellation = new CancellationTokenSource()
            let seen = List<SampleProgress>()

            let progress = {
                new IProgress<SampleProgress> with
                    member _.Report value =
                        seen.Add value

                        if value.Step = 3 then
                            cancellation.Cancel()
            }

            Expect.throwsT<OperationCanceledException>
                (fun () -> TextToImage(prior).Sample("first", few, progress, cancellation.Token) |> ignore)
                "cancelled"

            Expect.sequenceEqual seen [ for step in 1..3 -> SampleProgress(step, 20, 951 - 50 * (step - 1)) ] "progress"
        }

        test "sampling leaves no tensor behind but its result" {
            use prior = twoPictures ()
            // Of this thread alone: other tests make tensors meanwhile.
            let count () =
                DisposeScopeManager.Statistics.ThreadTotalLiveCount

            for sampler in Enum.GetValues<SamplerKind>() do
                let options = SampleOptions(Steps = 6, GuidanceScale = 1.0, Sampler = sampler)

                (sample prior [ "first" ] options).Dispose()
                let before = count ()
                (sample prior [ "first" ] options).Dispose()
                Expect.equal (count ()) before $"live tensors, {sampler}"
        }

        test "impossible requests are refused with the option and its value" {
            use prior = twoPictures ()

            for prompts, options, expected in
                [
                    [], few, "no prompt"
                    [ "a" ], SampleOptions(Steps = 0), "1..1000"
                    [ "a" ], SampleOptions(GuidanceScale = nan), "GuidanceScale"
                    [ "a" ], SampleOptions(ImageSize = Nullable 0), "ImageSize is 0"
                    [ "a" ], SampleOptions(Eta = -1.0), "eta"
                ] do
                Expect.throwsC (fun () -> (sample prior prompts options).Dispose()) (fun error ->
                    Expect.isTrue (error :? ArgumentException) $"{error}"
                    Expect.stringContains error.Message expected expected)
        }
    ]
