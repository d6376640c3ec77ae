module DreamTime.Diffusion.Tests.SchedulerTests

open System
open System.IO
open System.Text.Json
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Schedules

type private Tensor = torch.Tensor

let private times (a: float) (x: Tensor) = x * a.ToScalar()

/// The model that the golden trajectories were made with.
let private model learned (x: Tensor) (index: float) (c: Tensor) =
    let eps = times 0.5 (x.tanh ()) + times (0.5 * sin (0.013 * index)) c

    if learned then torch.cat ([| eps; times 0.8 ((x + c).sin()) |], 1L) else eps

let private scheduler (case: JsonElement) : IScheduler =
    let config = SchedulerConfig.Parse(case.GetProperty("config").GetRawText())

    match case.GetProperty("class").GetString(), case.GetProperty "eta" with
    | "DDIMScheduler", eta when eta.ValueKind = JsonValueKind.Number -> DdimScheduler(config, eta.GetDouble())
    | "DDIMScheduler", _ -> DdimScheduler config
    | "DDPMScheduler", _ -> DdpmScheduler config
    | "PNDMScheduler", _ -> PndmScheduler config
    | "EulerDiscreteScheduler", _ -> EulerScheduler config
    | "EulerAncestralDiscreteScheduler", _ -> EulerAncestralScheduler config
    | "DPMSolverMultistepScheduler", _ -> DpmSolverMultistepScheduler config
    | other, _ -> failwith $"no sampler {other}"

let private folder = GoldenFixture.Folder "schedulers"

let private tensors =
    lazy (Safetensors.Read(Path.Combine(folder, "schedulers.safetensors")))

let private golden (case: JsonElement) =
    let name = nonNull (case.GetProperty("name").GetString())

    test $"{name}: the whole trajectory equals diffusers'" {
        use _ = torch.NewDisposeScope()
        let scheduler = scheduler case
        let steps = case.GetProperty("num_inference_steps").GetInt32()

        let stored tensor =
            tensors.Value[$"{name}.{tensor}"].ToTensor()

        let atol (tensor: string) =
            case.GetProperty("tensors").GetProperty(tensor).GetProperty("atol").GetDouble()

        let compare (tensor: string) (step: int) (actual: Tensor) =
            match tensors.Value.ContainsKey $"{name}.{tensor}" with
            | true ->
                let error = (actual - (stored tensor)[int64 step]).abs().max().ToDouble()
                Expect.isTrue (error <= atol tensor) $"{tensor} at step {step}: off by {error}, allowed {atol tensor}"
            | false -> ()

        use trajectory = scheduler.Start steps
        let indices = (stored "timesteps").``to``(torch.float64).data<float>().ToArray()
        Expect.equal trajectory.Points.Count indices.Length "calls of the model"

        for point, index in Seq.zip trajectory.Points indices do
            Expect.isLessThanOrEqual (abs (point.Timestep - 1.0 - index)) (atol "timesteps") "timesteps"

        let c = stored "c"
        let learned = scheduler.Config.Variance = DdpmVariance.LearnedRange
        let mutable x = stored "x_init"

        for step in 0 .. indices.Length - 1 do
            let input = trajectory.ScaleInput x
            compare "model_in" step input
            let prediction = model learned input (trajectory.Points[step].Timestep - 1.0) c
            compare "model_out" step prediction
            let noise = if trajectory.NeedsNoise then (stored "noise")[int64 step] else null
            let result = trajectory.Step(prediction, x, noise)
            compare "prev" step result.Previous
            compare "pred_x0" step result.Clean
            x <- result.Previous

        Expect.throwsT<InvalidOperationException> (fun () -> trajectory.Step(x, x, x) |> ignore) "a way has an end"
    }

let private cases =
    let document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "schedulers.json")))

    List.ofSeq (document.RootElement.GetProperty("cases").EnumerateArray())

/// eps of a sample whose clean part is known, so that one step to the end must find it.
let private oneStep (scheduler: IOneStepScheduler) =
    use _ = torch.NewDisposeScope()
    let clean = torch.rand (2L, 3L, 4L, 4L)
    let eps = torch.randn (2L, 3L, 4L, 4L)
    let t = (scheduler.Timesteps 1)[0]
    let alphaBar = scheduler.Config.Noise.AlphaBar(t * 1<timestep>)
    let noisy = times (sqrt alphaBar) clean + times (sqrt (1.0 - alphaBar)) eps
    (scheduler.Step(eps, t, 1, noisy, torch.zeros_like noisy).Clean - clean).abs().max().ToDouble()

let private refused (expected: string) (act: unit -> unit) =
    Expect.throwsC act (fun error ->
        Expect.isTrue (error :? ArgumentException) $"{error}"
        Expect.stringContains error.Message expected expected)

let tests =
    testList "Schedulers" [
        testList "golden" (cases |> List.map golden)

        test "every trajectory of the golden set is compared" { Expect.equal cases.Length 90 "cases" }

        test "timesteps fall, lie in 1..T and are as many as asked for" {
            for spacing in Enum.GetValues<TimestepSpacing>() do
                for steps in [ 1; 2; 3; 7; 50; 333; 999; 1000 ] do
                    let timesteps = DdimScheduler(SchedulerConfig(Spacing = spacing)).Timesteps steps
                    Expect.hasLength timesteps steps $"{spacing} {steps}"
                    Expect.isTrue (timesteps |> Seq.forall (fun t -> t >= 1 && t <= 1000)) $"{spacing} {steps}: range"

                    Expect.isTrue
                        (timesteps |> Seq.pairwise |> Seq.forall (fun (a, b) -> a > b))
                        $"{spacing} {steps}: falls"
        }

        test "one step with the true noise finds the clean sample" {
            let config =
                SchedulerConfig(ClipSample = false, Spacing = TimestepSpacing.Leading, StepsOffset = 500)
            // At t = 501 the division by sqrt(abar) = 0.53 amplifies float32's rounding of values up to 4 about twofold.
            Expect.isLessThan (oneStep (DdimScheduler config)) 4e-6 "DDIM"
            Expect.isLessThan (oneStep (DdpmScheduler config)) 4e-6 "DDPM"
        }

        test "what cannot be is refused with the value and the range" {
            let config = SchedulerConfig()
            let ddim = DdimScheduler config
            let x = torch.zeros (1L, 1L, 2L, 2L)
            refused "1..1000" (fun () -> ddim.Timesteps 0 |> ignore)
            refused "1..1000" (fun () -> ddim.Timesteps 1001 |> ignore)

            refused "steps_offset" (fun () -> DdimScheduler(SchedulerConfig(StepsOffset = 1)).Timesteps 1000 |> ignore)

            refused "eta" (fun () -> DdimScheduler(config, nan) |> ignore)
            refused "needs noise" (fun () -> DdpmScheduler(config).Step(x, 10, 10, x) |> ignore)
            refused "needs noise" (fun () -> DdimScheduler(config, 1.0).Step(x, 10, 10, x) |> ignore)

            refused "v_prediction" (fun () ->
                let noise = NoiseSchedule.FromAlphaBars [| 0.5; 0.0 |]
                DdimScheduler(SchedulerConfig(Noise = noise)).Step(x, 2, 2, x) |> ignore)

            refused "timestep_spacing" (fun () ->
                SchedulerConfig.Parse """{"timestep_spacing": "sideways"}""" |> ignore)
        }
    ]
