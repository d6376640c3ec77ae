module DreamTime.Diffusion.Tests.ZeroTerminalSnrTests

open System
open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Schedules

let private noise = NoiseSchedule.StableDiffusion.RescaledToZeroTerminalSnr()

let private trailing =
    SchedulerConfig(Noise = noise, Spacing = TimestepSpacing.Trailing, ClipSample = false)

let private random = Random 5
let private mean = Array.init 48 (fun _ -> 0.8 * random.NextDouble() - 0.4)

/// A prior of one Gaussian over 4x4 pictures.
let private gaussian deviation =
    let denoiser =
        new AnalyticDenoiser(noise, 3, 4, 4, [| MixtureComponent(1.0, mean, deviation) |])

    let encode _ = torch.ones (1L, 1L, 1L)
    new Prior("gaussian", "", 4, trailing, denoiser, new PixelUnshuffleCodec(1), encode)

let private distance (a: torch.Tensor) (b: torch.Tensor) = (a - b).abs().max().ToDouble()

let private centre () =
    torch.tensor(mean, torch.float32).reshape(1L, 3L, 4L, 4L)

let private asImage (latent: torch.Tensor) =
    TensorNumbers.Over(TensorNumbers.Plus(latent, 1.0), 2.0)

let private refused<'error when 'error :> exn> (part: string) (act: unit -> unit) =
    Expect.throwsC act (fun error ->
        Expect.isTrue (error :? 'error) $"{error}"
        Expect.stringContains error.Message part part)

/// A prior's folder whose noise ends without signal, and which predicts this.
let private withPrior prediction check =
    TinyPrior.using (fun path ->
        File.WriteAllText(
            Path.Combine(path, "scheduler/scheduler_config.json"),
            $$"""{ "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "rescale_betas_zero_snr": true,
                   "timestep_spacing": "trailing", "clip_sample": false, "prediction_type": "{{prediction}}" }"""
        )

        check path)

let tests =
    testList "Zero terminal SNR" [
        test "from pure noise, a prior that knows one picture draws it in any number of steps that divides T" {
            use _ = torch.NewDisposeScope()
            use prior = gaussian 0.0

            for sampler in [ SamplerKind.Ddim; SamplerKind.Ddpm ] do
                for steps in [ 1; 2; 8; 50 ] do
                    let options = SampleOptions(Steps = steps, Sampler = sampler, GuidanceScale = 3.0)
                    let image = TextToImage(prior).Sample("it", options)
                    // Float32's rounding at a signal near 1, halved by the pixels' range.
                    Expect.isLessThan (distance image (asImage (centre ()))) 1e-5 $"{sampler}, {steps} steps"
        }

        test "DDIM carries the noise that it began with to the Gaussian's own spread" {
            use _ = torch.NewDisposeScope()
            let deviation = 0.15
            use prior = gaussian deviation
            use noise = new SeededNoise(9L, 1, 3L, 4L, 4L)
            // The flow is x_t = sqrt(abar) mean + sqrt(abar s^2 + 1 - abar) z: at abar = 0 z is the noise, at abar = 1 the sample is mean + s z.
            let expected =
                TensorSum.Plus(centre (), TensorNumbers.Times(noise.Next(), deviation)) |> asImage

            let error steps =
                let options = SampleOptions(Steps = steps, GuidanceScale = 1.0, Seed = 9L)
                distance (TextToImage(prior).Sample("it", options)) expected

            let coarse, fine = error 250, error 500
            // DDIM is of first order: twice the steps, half the error.
            Expect.isLessThan fine 0.02 "mean + s z"
            Expect.isLessThan fine (0.6 * coarse) $"{coarse} with half the steps"
        }

        test "an exact velocity is what follows from the exact noise, and says the mean where there is only noise" {
            use _ = torch.NewDisposeScope()

            use denoiser =
                new AnalyticDenoiser(
                    noise,
                    3,
                    4,
                    4,
                    [| MixtureComponent(0.3, mean, 0.2); MixtureComponent(0.7, Array.map (fun v -> -v) mean, 0.5) |]
                )
                :> IDenoiser

            let x = torch.randn ([| 2L; 3L; 4L; 4L |], torch.float64)

            for t in [ 1; 200; 700; 999 ] do
                let alphaBar = noise.AlphaBar(t * 1<timestep>)
                let point = SamplingPoint(float t, alphaBar)
                let eps = denoiser.PredictNoise(x, point, null)

                let expected =
                    TensorNumbers.Over(eps - TensorNumbers.Times(x, sqrt (1.0 - alphaBar)), sqrt alphaBar)

                // In double; the division by the signal, 0.005 at t = 999, amplifies rounding.
                Expect.isLessThan (distance (denoiser.PredictVelocity(x, point, null)) expected) 1e-10 $"t = {t}"

            let mixed =
                torch.tensor(Array.map (fun v -> -(0.3 * v - 0.7 * v)) mean).reshape(1L, 3L, 4L, 4L)

            let last = denoiser.PredictVelocity(x, SamplingPoint(1000.0, 0.0), null)
            Expect.isLessThan (distance last (mixed.expand_as x)) 1e-12 "v = -E[x_0]"
        }

        test "a U-Net that predicts the velocity is asked for it at t = T, and its folder draws" {
            withPrior "v_prediction" (fun path ->
                use _ = torch.NewDisposeScope()
                use prior = Prior.Load(PriorSource.Folder path)
                Expect.equal (prior.Noise.AlphaBar 1000<timestep>) 0.0 "nothing left"

                for sampler in [ SamplerKind.Ddim; SamplerKind.Ddpm ] do
                    let image =
                        TextToImage(prior).Sample("a red mushroom", SampleOptions(Steps = 4, Sampler = sampler))

                    Expect.isTrue (image.isfinite().all().ToBoolean()) $"{sampler}"

                for sampler in [ SamplerKind.Euler; SamplerKind.Pndm; SamplerKind.DpmSolverMultistep ] do
                    refused<NotSupportedException> "DDIM and DDPM can" (fun () ->
                        TextToImage(prior).Sample("a", SampleOptions(Steps = 4, Sampler = sampler)) |> ignore)

                Expect.isEmpty (PriorInventory.Of(PriorSource.Folder path)).Problems "nothing keeps it from loading")
        }

        test "a prediction of the noise is refused where it says nothing, and the line says what would be right" {
            withPrior "epsilon" (fun path ->
                refused<NotSupportedException> "prediction_type = v_prediction" (fun () ->
                    Prior.Load(PriorSource.Folder path).Dispose())

                let problems = (PriorInventory.Of(PriorSource.Folder path)).Problems

                Expect.exists
                    problems
                    (fun problem -> problem.Contains "prediction_type = v_prediction")
                    "inspected too")
        }

        test "distilling at t = T, where nothing of the view is left, gives no gradient and no NaN" {
            use _ = torch.NewDisposeScope()
            let x = torch.randn ([| 2L; 3L; 4L; 4L |])
            let predicted = torch.stack [| x[0L]; torch.zeros_like (x[1L]) |]
            let thresholded = StaticThresholding.Apply(x, predicted, noise, [| 1000; 500 |])
            Expect.isTrue (thresholded.isfinite().all().ToBoolean()) "finite"
            Expect.isLessThan (distance (thresholded[0L]) (x[0L])) 1e-6 "the noise is the sample"
        }
    ]
