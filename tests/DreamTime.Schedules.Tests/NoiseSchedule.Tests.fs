module DreamTime.Schedules.Tests.Noise

open System
open System.IO
open Expecto
open DreamTime.Schedules

/// abar is given with eight or three digits.
let private close digits = { absolute = digits; relative = 0.0 }

let private withFile (text: string) action =
    let path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json")
    File.WriteAllText(path, text)

    try
        action path
    finally
        File.Delete path

let private message (action: unit -> unit) =
    Expect.throwsC action (fun error -> error.Message)

let tests =
    testList "noise" [
        test "Stable Diffusion's landmarks" {
            let noise = NoiseSchedule.StableDiffusion
            Expect.equal noise.Timesteps 1000 "T"

            for t, alphaBar in [ 1, 0.99915; 20, 0.98224399; 500, 0.27766965; 980, 0.00591277; 1000, 0.00466010 ] do
                Expect.floatClose (close 5e-9) (noise.AlphaBar(t * 1<timestep>)) alphaBar $"t = {t}"
        }

        test "DeepFloyd IF ends in a spike" {
            let noise = NoiseSchedule.DeepFloydIf
            Expect.floatClose (close 5e-9) (noise.AlphaBar 999<timestep>) 2.43e-6 ""
            Expect.floatClose (close 5e-12) (noise.AlphaBar 1000<timestep>) 2.43e-9 ""
        }

        test "a scheduler config gives the table it names" {
            let same (json: string) (noise: NoiseSchedule) =
                Expect.equal (NoiseSchedule.FromSchedulerConfig json).Hash noise.Hash json

            same
                """{"beta_schedule":"scaled_linear","beta_start":0.00085,"beta_end":0.012,"num_train_timesteps":1000}"""
                NoiseSchedule.StableDiffusion

            same """{"beta_schedule":"squaredcos_cap_v2"}""" NoiseSchedule.DeepFloydIf
            same "{}" NoiseSchedule.Ddpm
            same """{"num_train_timesteps":50,"beta_schedule":"squaredcos_cap_v2"}""" (NoiseSchedule.SquaredCosine 50)
            same """{"trained_betas":[0.1,0.2]}""" (NoiseSchedule.FromBetas [| 0.1; 0.2 |])
        }

        test "zero terminal SNR keeps the first abar and ends at 0" {
            let noise =
                NoiseSchedule.FromSchedulerConfig
                    """{"beta_schedule":"scaled_linear","beta_start":0.00085,"beta_end":0.012,"rescale_betas_zero_snr":true}"""

            Expect.floatClose (close 1e-15) (noise.AlphaBar 1<timestep>) 0.99915 ""
            Expect.equal (noise.AlphaBar 1000<timestep>) 0.0 ""
        }

        test "a file holds a config or an array of abar" {
            withFile "[0.9, 0.5, 0.1]" (fun path ->
                Expect.equal (NoiseSchedule.Load path).AlphaBars [| 0.9; 0.5; 0.1 |] "array")

            withFile """ {"beta_schedule":"linear"}""" (fun path ->
                Expect.equal (NoiseSchedule.Load path).Hash NoiseSchedule.Ddpm.Hash "config")
        }

        test "what is no table is refused with the reason" {
            let refuses expected (action: unit -> NoiseSchedule) =
                Expect.stringContains (message (action >> ignore)) expected ""

            refuses "1 to" (fun () -> NoiseSchedule.FromAlphaBars [||])
            refuses "t = 2 is NaN" (fun () -> NoiseSchedule.FromAlphaBars [| 0.5; nan |])
            refuses "t = 1 is 1.5" (fun () -> NoiseSchedule.FromAlphaBars [| 1.5 |])
            refuses "rises at t = 3" (fun () -> NoiseSchedule.FromAlphaBars [| 0.9; 0.1; 0.5 |])
            refuses "t = 2" (fun () -> NoiseSchedule.FromBetas [| 0.1; 2.0 |])
            refuses "betaEnd" (fun () -> NoiseSchedule.Linear(0.1, 1.1, 10))
            refuses "timesteps" (fun () -> NoiseSchedule.SquaredCosine 0)
            refuses "\"magic\"" (fun () -> NoiseSchedule.FromSchedulerConfig """{"beta_schedule":"magic"}""")
            refuses "not JSON" (fun () -> NoiseSchedule.FromSchedulerConfig "{")
            refuses "JSON object" (fun () -> NoiseSchedule.FromSchedulerConfig "3")

            refuses "num_train_timesteps" (fun () ->
                NoiseSchedule.FromSchedulerConfig """{"num_train_timesteps":1e12}""")

            refuses "must be a number" (fun () -> NoiseSchedule.FromSchedulerConfig """{"beta_start":"x"}""")
            withFile "[0.5, \"x\"]" (fun path -> refuses path (fun () -> NoiseSchedule.Load path))
            withFile "nonsense" (fun path -> refuses path (fun () -> NoiseSchedule.Load path))
        }

        test "t is the paper's, 1..T" {
            for t in [ 0; 1001; -5 ] do
                Expect.throwsT<ArgumentOutOfRangeException>
                    (fun () -> NoiseSchedule.StableDiffusion.AlphaBar(t * 1<timestep>) |> ignore)
                    $"{t}"
        }

        test "tables are values" {
            let given = [| 0.9; 0.5 |]
            let noise = NoiseSchedule.FromAlphaBars given
            given[0] <- 0.1
            noise.AlphaBars[1] <- 0.2
            Expect.equal noise.AlphaBars [| 0.9; 0.5 |] "neither input nor output is shared"
        }
    ]
