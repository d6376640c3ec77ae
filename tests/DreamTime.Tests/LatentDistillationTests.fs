/// Score distillation through an autoencoder, on a folder in Stable Diffusion's form.
module DreamTime.Tests.LatentDistillationTests

open System
open System.Collections.Generic
open System.IO
open Expecto
open TorchSharp
open DreamTime
open DreamTime.Diffusion
open DreamTime.Schedules
open DreamTime.Tests

type private Tensor = torch.Tensor

let private withPrior (check: Prior -> unit) =
    let path = Directory.CreateTempSubdirectory("dreamtime-test-").FullName

    try
        use prior = Prior.Load(PriorSource.Folder(TinyPrior.writeStableDiffusion path))

        check prior
    finally
        Directory.Delete(path, true)

let private conditioning (prior: Prior) =
    Conditioning(prior.EncodePrompt "a red ball", prior.EncodePrompt "")

let private guide (prior: Prior) (scale: float) convention (size: struct (int * int)) =
    ScoreDistillation(
        prior.Denoiser,
        prior.Codec,
        GuidanceOptions(Scale = scale, Convention = convention),
        Nullable(size)
    )

let private live () =
    DisposeScopeManager.Statistics.ThreadTotalLiveCount

let private relative (actual: Tensor) (expected: Tensor) =
    (actual - expected).abs().max().ToDouble() / expected.abs().max().ToDouble()

/// A denoiser that fails at its third call.
type private Failing(inner: IDenoiser) =
    let mutable calls = 0

    interface IDenoiser with
        member _.Noise = inner.Noise

        member _.PredictNoise(noisy: Tensor, timesteps: IReadOnlyList<int>, text: Tensor) =
            calls <- calls + 1

            if calls = 3 then
                invalidOp "the third call fails"

            inner.PredictNoise(noisy, timesteps, text)

        member _.Dispose() = ()

let tests =
    testList "through an autoencoder" [
        test
            "the gradient is that of half the squared distance to a target that stands still, back through encoder and resizing" {
            withPrior (fun prior ->
                use _ = torch.NewDisposeScope()
                let image = torch.rand ([| 2L; 3L; 10L; 6L |])
                let noise = torch.randn ([| 2L; 4L; 8L; 8L |])
                let timesteps = [| 201; 861 |]
                let conditioning = conditioning prior

                let answer =
                    (guide prior 100.0 GuidanceConvention.Diffusers (struct (16, 16)))
                        .Gradient(image, timesteps, conditioning, (fun _ -> noise))

                // The same by hand, with the loss of threestudio's implementation.
                let leaf = image.clone().requires_grad_()

                let enlarged =
                    torch.nn.functional.interpolate (
                        leaf,
                        [| 16L; 16L |],
                        mode = torch.InterpolationMode.Bilinear,
                        align_corners = false
                    )

                let latents = prior.Codec.Encode enlarged

                let column (values: float list) =
                    torch.tensor(List.toArray values, torch.float32).reshape(-1L, 1L, 1L, 1L)

                let abar = [ for t in timesteps -> prior.Noise.AlphaBar(t * 1<timestep>) ]

                let signal, sigma =
                    column (List.map sqrt abar), column (abar |> List.map (fun a -> sqrt (1.0 - a)))

                let noisy = (signal * latents + sigma * noise).detach()
                let rows (text: Tensor) = text.expand (2L, -1L, -1L)

                let without =
                    prior.Denoiser.PredictNoise(noisy, timesteps, rows conditioning.Unconditional)

                let with' = prior.Denoiser.PredictNoise(noisy, timesteps, rows conditioning.Text)
                let guided = without + (100.0).ToScalar() * (with' - without)
                let gradient = column (abar |> List.map (fun a -> 1.0 - a)) * (guided - noise)
                let target = (latents - gradient).detach()
                let loss = (latents - target).square().sum() * (0.25).ToScalar()
                loss.backward ()

                // float32 with factors of 100 between terms.
                Expect.isLessThan (relative answer.Latent gradient) 1e-4 "latent"
                Expect.isLessThan (relative answer.Image (nonNull leaf.grad)) 1e-4 "image"
                Expect.isLessThan (abs (answer.Loss() / loss.ToDouble() - 1.0)) 1e-4 "loss")
        }

        test "threestudio's scale s is diffusers' s + 1" {
            withPrior (fun prior ->
                use _ = torch.NewDisposeScope()

                let image, noise =
                    torch.rand ([| 1L; 3L; 16L; 16L |]), torch.randn ([| 1L; 4L; 8L; 8L |])

                let gradient scale convention =
                    (guide prior scale convention (struct (16, 16)))
                        .Gradient(image, [| 500 |], conditioning prior, (fun _ -> noise))
                        .Image

                let ours = gradient 8.5 GuidanceConvention.Diffusers
                Expect.isLessThan (relative (gradient 7.5 GuidanceConvention.Threestudio) ours) 1e-6 "the same"
                Expect.isGreaterThan (relative (gradient 7.5 GuidanceConvention.Diffusers) ours) 1e-3 "another")
        }

        test "a run leaves no tensor behind, finished, given up, or broken" {
            withPrior (fun prior ->
                let options =
                    TextTo3DOptions(Steps = 4, Views = 1, ViewDependentPrompts = false, RenderSize = 8)

                let advance (prior: Prior) steps =
                    use run = TextTo3D.Start(prior, "a red ball", options)

                    for _ in 1..steps do
                        run.Advance() |> ignore

                advance prior 1
                let before = live ()
                advance prior 4
                Expect.equal (live ()) before "finished"
                advance prior 2
                Expect.equal (live ()) before "given up"
                // Not disposed: its codec is the other's.
                let broken =
                    new Prior(
                        "broken",
                        "",
                        prior.ImageSize,
                        prior.Scheduler,
                        new Failing(prior.Denoiser),
                        prior.Codec,
                        (fun text -> prior.EncodePrompt text)
                    )

                Expect.throwsT<InvalidOperationException> (fun () -> advance broken 4) "the third step"
                Expect.equal (live ()) before "broken")
        }

        test "views of a large prior are rendered small" {
            use prior = KnownPriors.colours [ 0.5, 0.5, 0.5 ]
            Expect.throwsT<ArgumentOutOfRangeException> (fun () -> TextTo3DOptions(RenderSize = 7) |> ignore) "7"

            use run =
                TextTo3D.Start(prior, "x", TextTo3DOptions(Steps = 1, Views = 1, RenderSize = 16))

            run.Advance() |> ignore
            Expect.equal run.StepsDone 1 "16 pixels for a prior of 8"
        }
    ]
