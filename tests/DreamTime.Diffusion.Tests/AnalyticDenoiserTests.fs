module DreamTime.Diffusion.Tests.AnalyticDenoiserTests

open System
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Schedules

type private Tensor = torch.Tensor

let private noise = NoiseSchedule.StableDiffusion

let private random (seed: int) =
    let random = Random seed
    fun scale -> Array.init 12 (fun _ -> scale * (2.0 * random.NextDouble() - 1.0))

/// Three components over 3x2x2 samples.
let private mixture =
    let mean = random 7

    [|
        MixtureComponent(1.0, mean 1.0, 0.3)
        MixtureComponent(2.5, mean 1.5, 0.05)
        MixtureComponent(0.4, mean 0.5, 0.0)
    |]

let private denoiser components =
    new AnalyticDenoiser(noise, 3, 2, 2, components)

let private sample (values: float[]) =
    torch.tensor(values).reshape(1L, 3L, 2L, 2L)

let private text (factors: float[]) =
    torch.tensor(factors).reshape(1L, 1L, int64 factors.Length)

let tests =
    testList "AnalyticDenoiser" [
        test "the predicted noise is minus sqrt(1 - abar) times the gradient of the log density" {
            use _ = torch.NewDisposeScope()
            use model = denoiser mixture
            let draw = random 11
            let h = 1e-5

            for t in [ 1; 20; 300; 700; 1000 ] do
                for condition in [ null; text [| 1.0; 0.0; 0.0 |]; text [| 0.2; 1.0; 3.0 |] ] do
                    let x = draw 1.2
                    let eps = model.PredictNoise(sample x, [| t |], condition).data<float>().ToArray()

                    let density i dx =
                        let moved = Array.copy x
                        moved[i] <- moved[i] + dx
                        model.LogDensity(sample moved, [| t |], condition).ToDouble()

                    let level = sqrt (1.0 - noise.AlphaBar(t * 1<timestep>))

                    for i in 0..11 do
                        let slope = (density i h - density i -h) / (2.0 * h)
                        // Central differences of a function of size D lose D 1e-16 / h, and a relative h^2 of curvature.
                        let tolerance = 1e-5 * (1.0 + abs eps[i]) + 1e-10 * abs (density i 0.0)

                        Expect.isTrue
                            (abs (eps[i] + level * slope) <= tolerance)
                            $"t = {t}, element {i}: eps {eps[i]}, -level * slope {-level * slope}"
        }

        test "the density of one component is the normal density" {
            use _ = torch.NewDisposeScope()
            use model = denoiser [| MixtureComponent(3.0, Array.zeroCreate 12, 1.0) |]
            let x = random 3 2.0
            // A unit normal under noise stays one.
            let expected = Array.sumBy (fun v -> -0.5 * v * v - 0.5 * log (2.0 * Math.PI)) x
            Expect.floatClose Accuracy.high (model.LogDensity(sample x, [| 400 |]).ToDouble()) expected "log density"
        }

        test "rows are independent of each other" {
            use _ = torch.NewDisposeScope()
            use model = denoiser mixture
            let a, b = sample (random 1 1.0), sample (random 2 1.0)
            let both = model.PredictNoise(torch.cat ([| a; b |], 0L), [| 100; 900 |], null)

            let alone =
                torch.cat ([| model.PredictNoise(a, [| 100 |], null); model.PredictNoise(b, [| 900 |], null) |], 0L)

            Expect.equal ((both - alone).abs().max().ToDouble()) 0.0 "same sums in the same order"
        }

        test "DDIM with the exact score ends at a mode, and at the one the text names" {
            use _ = torch.NewDisposeScope()
            let draw = random 5
            let modes = Array.init 3 (fun _ -> draw 1.0)
            use model = denoiser [| for mode in modes -> MixtureComponent(1.0, mode, 0.0) |]

            let scheduler =
                DdimScheduler(SchedulerConfig(Noise = noise, ClipSample = false, SetAlphaToOne = true))

            let distances (x: Tensor) =
                modes |> Array.map (fun m -> (x - sample m).abs().max().ToDouble())

            let run (seed: uint64) condition =
                let mutable x =
                    torch.randn ([| 1L; 3L; 2L; 2L |], torch.float64, generator = new torch.Generator(seed))

                for t in scheduler.Timesteps 50 do
                    x <- scheduler.Step(model.PredictNoise(x, [| t |], condition), t, 50, x).Previous

                distances x

            // The last step goes to abar = 1, where the sample is the posterior mean: a mode, up to the others' responsibility.
            for seed in 0UL .. 9UL do
                Expect.isLessThan (Array.min (run seed null)) 1e-6 $"seed {seed}: some mode"
                let named = int seed % 3
                let condition = text (Array.init 3 (fun k -> if k = named then 1.0 else 0.0))
                let distances = run seed condition
                Expect.isLessThan distances[named] 1e-6 $"seed {seed}: mode {named}"
        }

        test "guidance is affine in its scale, with the model's own answer at one" {
            use _ = torch.NewDisposeScope()
            use model = denoiser mixture
            let x, t = sample (random 4 1.0), [| 500 |]
            let everything, first = text [| 1.0; 1.0; 1.0 |], text [| 1.0; 0.0; 0.0 |]

            let guided scale =
                ClassifierFreeGuidance.PredictNoise(model, x, t, everything, first, scale)

            let difference (a: Tensor) (b: Tensor) = (a - b).abs().max().ToDouble()
            Expect.equal (difference (guided 1.0) (model.PredictNoise(x, t, first))) 0.0 "s = 1"
            Expect.isLessThan (difference (guided 0.0) (model.PredictNoise(x, t, null))) 1e-14 "s = 0"
            let line = guided 0.0 + (guided 1.0 - guided 0.0) * (7.5).ToScalar()
            Expect.isLessThan (difference (guided 7.5) line) 1e-13 "s = 7.5"
        }

        test "wrong shapes, timesteps and mixtures are refused with what would be right" {
            use _ = torch.NewDisposeScope()
            use model = denoiser mixture
            let x = sample (random 4 1.0)

            for act, expected in
                [
                    (fun () -> model.PredictNoise(x, [| 0 |], null) |> ignore), "1..1000"
                    (fun () -> model.PredictNoise(x, [| 1; 2 |], null) |> ignore), "1 rows"
                    (fun () -> model.PredictNoise(x.reshape (1L, 1L, 3L, 4L), [| 5 |], null) |> ignore), "[b, 3, 2, 2]"
                    (fun () -> model.PredictNoise(x, [| 5 |], text [| 1.0 |]) |> ignore), "[1, tokens, 3]"
                    (fun () -> denoiser [||] |> ignore), "at least one"
                    (fun () -> denoiser [| MixtureComponent(-1.0, Array.zeroCreate 12, 1.0) |] |> ignore), "weight -1"
                    (fun () -> denoiser [| MixtureComponent(1.0, [| 1.0 |], 1.0) |] |> ignore), "12 finite"
                ] do
                Expect.throwsC act (fun error ->
                    Expect.isTrue (error :? ArgumentException) $"{error}"
                    Expect.stringContains error.Message expected expected)
        }
    ]
