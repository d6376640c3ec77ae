/// Noise of flow-matching models, and noise without signal at its end.
module DreamTime.Schedules.Tests.Flows

open System
open Expecto
open FsCheck
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private within tolerance = { absolute = 0.0; relative = tolerance }

let private message (action: unit -> 'a) =
    Expect.throwsC (action >> ignore) (fun error -> error.Message)

let private config (json: string) = NoiseSchedule.FromSchedulerConfig json

let private timesOf (noise: NoiseSchedule) = [ for t in 1 .. noise.Timesteps -> noise.Time(t * 1<timestep>) ]

let private run (noise: NoiseSchedule) text steps =
    let schedule = (ScheduleExpression.Parse text).Compile noise
    [ for step in 1..steps -> schedule.TimeAt(step, steps) ]

/// T and a shift, as FsCheck's small numbers.
let private flowOf (PositiveInt timesteps) (PositiveInt shift) =
    NoiseSchedule.Flow(timesteps, float shift / 8.0)

let tests =
    testList "flow" [
        test "midpoints of the cells, shifted" {
            Expect.equal (timesOf (NoiseSchedule.Flow(4, 1.0))) [ 0.125; 0.375; 0.625; 0.875 ] "no shift"

            List.iter2
                (fun time expected -> Expect.floatClose (within 1e-15) time expected "3 x / (1 + 2 x)")
                (timesOf (NoiseSchedule.Flow(2, 3.0)))
                [ 0.75 / 1.5; 2.25 / 2.5 ]
        }

        test "a constant weight goes through the cells, out come their midpoints" {
            Expect.equal (run (NoiseSchedule.Flow(4, 1.0)) "constant 1" 4) [ 0.875; 0.625; 0.375; 0.125 ] ""
        }

        law
            "snr is sigma / (1 - sigma), and abar's formula gives it too"
            (fun (timesteps: PositiveInt) (shift: PositiveInt) ->
                let noise = flowOf timesteps shift

                for t in 1 .. noise.Timesteps do
                    let t = t * 1<timestep>
                    let sigma, alphaBar = noise.Time t, noise.AlphaBar t
                    Expect.isTrue (sigma > 0.0 && sigma < 1.0) "inside (0, 1)"
                    // 1 - sigma and 1 - abar lose digits where they are small: 1e-16 / sigma^2 at worst.
                    Expect.floatClose (within 1e-9) (Weight.eval noise t Weight.snr) (sigma / (1.0 - sigma)) ""

                    Expect.floatClose
                        (within 1e-9)
                        (Weight.eval noise t Weight.snr)
                        (sqrt ((1.0 - alphaBar) / alphaBar))
                        ""

                    let kept = (1.0 - sigma) ** 2.0 / ((1.0 - sigma) ** 2.0 + sigma ** 2.0)
                    Expect.floatClose (within 1e-9) alphaBar kept "")

        test "beta comes from the same abar, so that p2 has a meaning" {
            let noise = NoiseSchedule.Flow(2, 1.0) // sigma = 1/4, 3/4; abar = 9/10, 1/10
            Expect.floatClose (within 1e-15) (noise.Beta 2<timestep>) (1.0 - (1.0 / 10.0) / (9.0 / 10.0)) ""
            // (1 - 8/9) (1 - 1/10) / (8/9) / (1 + 1/9)
            Expect.floatClose (within 1e-14) (Weight.eval noise 2<timestep> (Weight.p2 1.0 1.0)) 0.10125 ""
        }

        test "scheduler configs of flow-matching models" {
            let same (json: string) (noise: NoiseSchedule) =
                Expect.equal (config json).Hash noise.Hash json
                Expect.isTrue (config json).IsFlow json

            same
                """{"_class_name":"FlowMatchEulerDiscreteScheduler","num_train_timesteps":1000,"shift":3.0}"""
                (NoiseSchedule.Flow(1000, 3.0))

            same
                """{"_class_name":"FlowMatchHeunDiscreteScheduler","num_train_timesteps":50}"""
                (NoiseSchedule.Flow(50, 1.0))

            same """{"shift":2.5,"use_dynamic_shifting":false}""" (NoiseSchedule.Flow(1000, 2.5))

            same
                """{"_class_name":"UniPCMultistepScheduler","beta_schedule":"linear","use_flow_sigmas":true,"flow_shift":5.0}"""
                (NoiseSchedule.Flow(1000, 5.0))
        }

        test "what has no one table is refused with the reason" {
            let refuses expected json =
                Expect.stringContains (message (fun () -> config json)) expected json

            refuses
                "use_dynamic_shifting"
                """{"_class_name":"FlowMatchEulerDiscreteScheduler","use_dynamic_shifting":true,"base_shift":0.5}"""

            refuses "invert_sigmas" """{"_class_name":"FlowMatchEulerDiscreteScheduler","invert_sigmas":true}"""

            refuses
                "\"shift\" must be a number above 0"
                """{"_class_name":"FlowMatchEulerDiscreteScheduler","shift":0}"""

            refuses
                "num_train_timesteps"
                """{"_class_name":"FlowMatchEulerDiscreteScheduler","num_train_timesteps":0}"""

            refuses
                "EDMEulerScheduler counts its noise in sigmas"
                """{"_class_name":"EDMEulerScheduler","sigma_data":0.5,"sigma_min":0.002}"""

            Expect.stringContains (message (fun () -> NoiseSchedule.Flow(0, 1.0))) "timesteps" ""
            Expect.stringContains (message (fun () -> NoiseSchedule.Flow(10, 0.0))) "shift" ""
            Expect.stringContains (message (fun () -> NoiseSchedule.Flow(10, nan))) "shift" ""
        }

        test "a flow and a table of the same abar are two noises" {
            let flow = NoiseSchedule.Flow(10, 1.0)
            Expect.notEqual flow.Hash (NoiseSchedule.FromAlphaBars flow.AlphaBars).Hash ""
        }

        test "the time of other models is the timestep" {
            Expect.isFalse NoiseSchedule.StableDiffusion.IsFlow ""
            Expect.equal (run NoiseSchedule.StableDiffusion "dreamtime" 2) [ 556.0; 1.0 ] ""
        }

        test "zero terminal SNR as a value is that of the config" {
            let rescaled = NoiseSchedule.StableDiffusion.RescaledToZeroTerminalSnr()

            let configured =
                config
                    """{"beta_schedule":"scaled_linear","beta_start":0.00085,"beta_end":0.012,"rescale_betas_zero_snr":true}"""

            Expect.equal rescaled.Hash configured.Hash ""
            Expect.equal (rescaled.AlphaBar 1000<timestep>) 0.0 "nothing is left"
            Expect.equal (rescaled.Sigma 1000<timestep>) infinity ""
        }

        test "snr without terminal signal is an error that names the t, and truncating cures it" {
            let noise = NoiseSchedule.StableDiffusion.RescaledToZeroTerminalSnr()

            match Schedule.tryCompile noise (ScheduleExpression.Parse "dreamtime") with
            | Ok _ -> failtest "compiled"
            | Error error ->
                Expect.equal error.Fault CompileFault.InfiniteWeight ""
                Expect.equal error.Timestep (Nullable 1000) ""
                Expect.stringContains error.Message "truncate 1 999" ""

            Expect.isOk
                (Schedule.tryCompile noise (ScheduleExpression.Parse "truncate 1 999 (dreamtime)"))
                "outside its support a weight may be anything"
        }

        test "what cannot be rescaled is refused" {
            for noise in
                [
                    NoiseSchedule.Flow(10, 1.0)
                    NoiseSchedule.FromAlphaBars [| 0.5 |]
                    NoiseSchedule.FromAlphaBars [| 0.5; 0.5 |]
                ] do
                Expect.throwsT<InvalidOperationException>
                    (fun () -> noise.RescaledToZeroTerminalSnr() |> ignore)
                    noise.Name

            Expect.throwsT<FormatException>
                (fun () -> config """{"num_train_timesteps":1,"rescale_betas_zero_snr":true}""" |> ignore)
                "T = 1"
        }
    ]
