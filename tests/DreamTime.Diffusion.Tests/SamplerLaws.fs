module DreamTime.Diffusion.Tests.SamplerLaws

open System
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Schedules

type private Tensor = torch.Tensor

/// ln(signal / noise) falls evenly from 1.5 to -2, in so many timesteps that rounding a step to one of them does not matter.
let private noise =
    let timesteps = 100_000

    NoiseSchedule.FromAlphaBars [|
        for k in 0 .. timesteps - 1 ->
            let lambda = 1.5 - 3.5 * float k / float (timesteps - 1)
            1.0 / (1.0 + exp (-2.0 * lambda))
    |]

let private config = SchedulerConfig(Noise = noise, ClipSample = false)

/// Standard deviation of the data, a Gaussian around 0.
let private spread = 0.5

let private deviation (alphaBar: float) =
    sqrt (alphaBar * spread * spread + 1.0 - alphaBar)

/// How far a sampler is from the flow at its last point. The flow is known: it keeps x over its standard deviation.
let private error (scheduler: IScheduler) steps =
    use _ = torch.NewDisposeScope()
    use trajectory = scheduler.Start steps
    // One number, a standard deviation out, in double; Euler's samples are larger than what the model is asked about.
    let scaled =
        trajectory.ScaleInput(torch.ones ([| 1L; 1L; 1L; 1L |], dtype = torch.float64))

    let first = deviation trajectory.Points[0].AlphaBar / scaled.ToDouble()

    let mutable x =
        torch.full ([| 1L; 1L; 1L; 1L |], first.ToScalar(), dtype = torch.float64)

    let mutable distance = 0.0

    for point in trajectory.Points do
        let input = trajectory.ScaleInput x
        distance <- abs (input.ToDouble() / deviation point.AlphaBar - 1.0)

        let eps =
            input * (sqrt (1.0 - point.AlphaBar) / deviation point.AlphaBar ** 2.0).ToScalar()

        x <- trajectory.Step(eps, x).Previous

    distance

let private dpm order algorithm solver =
    DpmSolverMultistepScheduler(
        SchedulerConfig(Noise = noise, SolverOrder = order, Algorithm = algorithm, SolverType = solver)
    )

let private fails<'error when 'error :> exn> (part: string) (act: unit -> unit) =
    Expect.throwsC act (fun error ->
        Expect.isTrue (error :? 'error) $"{error}"
        Expect.stringContains error.Message part part)

let tests =
    testList "Sampler laws" [
        test "twice the steps divide the error by two to the power of the order" {
            let linspace =
                SchedulerConfig(
                    Noise = noise,
                    ClipSample = false,
                    Spacing = TimestepSpacing.Linspace,
                    SetAlphaToOne = false
                )

            for name, scheduler, order in
                [
                    "DDIM", DdimScheduler linspace :> IScheduler, 1
                    "Euler", EulerScheduler config, 1
                    "DPM-Solver++ 1", dpm 1 DpmAlgorithm.DpmSolverPlusPlus DpmSolverType.Midpoint, 1
                    "DPM-Solver++ 2, midpoint", dpm 2 DpmAlgorithm.DpmSolverPlusPlus DpmSolverType.Midpoint, 2
                    "DPM-Solver++ 2, heun", dpm 2 DpmAlgorithm.DpmSolverPlusPlus DpmSolverType.Heun, 2
                    "DPM-Solver 2, midpoint", dpm 2 DpmAlgorithm.DpmSolver DpmSolverType.Midpoint, 2
                    "DPM-Solver 2, heun", dpm 2 DpmAlgorithm.DpmSolver DpmSolverType.Heun, 2
                    // Its first step is of order 1, whose local error is all that remains.
                    "DPM-Solver++ 3", dpm 3 DpmAlgorithm.DpmSolverPlusPlus DpmSolverType.Midpoint, 2
                    "DPM-Solver 3", dpm 3 DpmAlgorithm.DpmSolver DpmSolverType.Midpoint, 2
                ] do
                let coarse, fine = error scheduler 200, error scheduler 400
                printfn "%s: %.2e, %.2e, order %.2f" name coarse fine (Math.Log2(coarse / fine))
                Expect.isGreaterThan (Math.Log2(coarse / fine)) (float order - 0.4) name
        }

        test "the fourth-order multistep of PNDM beats the first order by far, with either start" {
            for skip in [ true; false ] do
                let pndm =
                    error (PndmScheduler(SchedulerConfig(Noise = noise, SkipPrkSteps = skip))) 200

                printfn "PNDM: %.2e" pndm
                Expect.isLessThan (100.0 * pndm) (error (DdimScheduler config) 200) $"skip_prk_steps {skip}"
        }

        test "DPM-Solver's higher orders beat the first fiftyfold at 100 steps" {
            for algorithm in [ DpmAlgorithm.DpmSolver; DpmAlgorithm.DpmSolverPlusPlus ] do
                let first = error (dpm 1 algorithm DpmSolverType.Midpoint) 100

                for order in 2..3 do
                    let higher = error (dpm order algorithm DpmSolverType.Midpoint) 100
                    Expect.isLessThan (50.0 * higher) first $"{algorithm}, order {order}"
        }

        test "a model asked at a trained timestep answers the same, by t or by point" {
            use _ = torch.NewDisposeScope()
            use prior = Prior.Load(PriorSource.Embedded)
            let x = torch.randn (2L, int64 prior.Codec.Channels, 8L, 8L)
            let text = prior.EncodePrompt("a red ball").expand(2L, -1L, -1L)
            let t = 400
            let point = SamplingPoint(float t, prior.Noise.AlphaBar(t * 1<timestep>))
            let byPoint = prior.Denoiser.PredictNoise(x, point, text)
            let byTimestep = prior.Denoiser.PredictNoise(x, [| t; t |], text)
            Expect.isTrue (torch.allclose (byPoint, byTimestep, 1e-6, 1e-6)) "the same"

            let between =
                prior.Denoiser.PredictNoise(
                    x,
                    SamplingPoint(float t + 0.5, prior.Noise.AlphaBar(t * 1<timestep>)),
                    text
                )

            Expect.isFalse (torch.allclose (between, byTimestep, 1e-6, 1e-6)) "between two timesteps"
        }

        test "what a sampler cannot do is refused, with the reason" {
            let zero =
                SchedulerConfig(
                    Noise = NoiseSchedule.FromAlphaBars [| 0.9; 0.5; 0.1; 0.0 |],
                    Spacing = TimestepSpacing.Trailing,
                    SkipPrkSteps = true
                )

            for kind in
                [ SamplerKind.Pndm; SamplerKind.Euler; SamplerKind.EulerAncestral; SamplerKind.DpmSolverMultistep ] do
                fails<NotSupportedException> "zero terminal SNR" (fun () ->
                    Schedulers.Create(kind, zero).Start(2) |> ignore)

                fails<ArgumentException> "eta" (fun () -> Schedulers.Create(kind, config, 0.5) |> ignore)
                fails<ArgumentOutOfRangeException> "1..4" (fun () -> Schedulers.Create(kind, zero).Start(5) |> ignore)

            let sample = SchedulerConfig(Prediction = PredictionType.Sample)
            fails<NotSupportedException> "of the sample" (fun () -> PndmScheduler sample |> ignore)
            fails<NotSupportedException> "of the sample" (fun () -> EulerAncestralScheduler sample |> ignore)

            fails<NotSupportedException> "solver_order 3" (fun () ->
                dpm 3 DpmAlgorithm.SdeDpmSolver DpmSolverType.Midpoint |> ignore)

            fails<ArgumentOutOfRangeException> "at least 4" (fun () ->
                PndmScheduler(SchedulerConfig()).Start(3) |> ignore)

            let leading = SchedulerConfig(Spacing = TimestepSpacing.Leading)

            fails<ArgumentOutOfRangeException> "at most 999" (fun () ->
                DpmSolverMultistepScheduler(leading).Start(1000) |> ignore)

            for key, value in
                [
                    "solver_order", "4"
                    "algorithm_type", "\"deis\""
                    "solver_type", "\"bh2\""
                    "interpolation_type", "\"cubic\""
                ] do
                fails<ArgumentException> key (fun () -> SchedulerConfig.Parse $"{{\"{key}\": {value}}}" |> ignore)
        }

        test "Python's minus infinity is read" {
            for text in [ "-Infinity"; "\"-inf\""; "null" ] do
                let config = SchedulerConfig.Parse $"{{\"lambda_min_clipped\": {text}}}"
                Expect.equal config.LambdaMinClipped Double.NegativeInfinity text

            Expect.equal (SchedulerConfig.Parse """{"lambda_min_clipped": -5.1}""").LambdaMinClipped -5.1 "a number"
        }

        test "a clipped lambda keeps DPM-Solver away from the noisiest timesteps" {
            for spacing in Enum.GetValues<TimestepSpacing>() do
                let cosine =
                    SchedulerConfig(Noise = NoiseSchedule.DeepFloydIf, LambdaMinClipped = -5.1, Spacing = spacing)

                use trajectory = DpmSolverMultistepScheduler(cosine).Start 20

                for point in trajectory.Points do
                    let lambda = 0.5 * log (point.AlphaBar / (1.0 - point.AlphaBar))
                    Expect.isGreaterThanOrEqual lambda -5.1 $"{spacing}"
        }

        test "rescaled guidance has the spread of the conditional prediction" {
            use _ = torch.NewDisposeScope()

            let guided, conditional =
                torch.randn (2L, 3L, 4L, 4L) * 7.0.ToScalar(), torch.randn (2L, 3L, 4L, 4L)

            let spread (x: Tensor) = x.flatten(1L).std(1L)
            let rescaled = ClassifierFreeGuidance.Rescale(guided, conditional, 1.0)
            // Both deviations are of 48 numbers, each rounded to 2^-24 of its size.
            Expect.isTrue (torch.allclose (spread rescaled, spread conditional, 1e-5, 0.0)) "phi 1"
            let same = ClassifierFreeGuidance.Rescale(guided, conditional, 0.0)
            Expect.isTrue (torch.allclose (same, guided, 1e-6, 0.0)) "phi 0"
        }
    ]
