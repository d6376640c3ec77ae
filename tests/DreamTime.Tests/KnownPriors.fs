/// Priors whose answers are known in closed form, for tests without a network.
module DreamTime.Tests.KnownPriors

open System.Collections.Generic
open DreamTime.Diffusion
open DreamTime.Schedules
open TorchSharp

/// Images of 8x8 pixels: latents of 12 channels at 4x4.
let size = 8

/// Whatever the prompt, it is read as "any of them".
let private prior name components (denoiser: IDenoiser) =
    new Prior(
        name,
        "0000000000000000",
        size,
        SchedulerConfig(Noise = denoiser.Noise, Prediction = PredictionType.Epsilon),
        denoiser,
        new PixelUnshuffleCodec(2),
        fun _ -> torch.ones ([| 1L; 1L; components |])
    )

/// Latents that show one colour (0..1 a channel) everywhere: pixel_unshuffle keeps the four pixels of a channel together.
let plain (red: float, green: float, blue: float) =
    [| red; green; blue |]
    |> Array.collect (fun channel -> Array.create (4 * size / 2 * size / 2) (2.0 * channel - 1.0))

/// Knows images of a few plain colours and nothing else.
let colours (colours: (float * float * float) list) =
    let components =
        colours |> List.map (fun colour -> MixtureComponent(1.0 / float colours.Length, plain colour, 0.05))

    prior
        "colours"
        (int64 colours.Length)
        (new AnalyticDenoiser(NoiseSchedule.StableDiffusion, 12, size / 2, size / 2, components))

/// Answers without having learnt anything.
type Ignorant(answer: torch.Tensor -> torch.Tensor) =
    interface IDenoiser with
        member _.Noise = NoiseSchedule.StableDiffusion
        member _.PredictNoise(noisy: torch.Tensor, _: IReadOnlyList<int>, _: torch.Tensor) = answer noisy
        member _.Dispose() = ()

/// A denoiser that says there is no noise.
let silent () =
    prior "silent" 1L (new Ignorant(fun noisy -> torch.zeros_like noisy))

/// A denoiser that answers with noise of its own.
let babbling () =
    prior "babbling" 1L (new Ignorant(fun noisy -> torch.randn_like noisy))
