namespace DreamTime.Cli

open Argu

type SampleArguments =
    | [<MainCommand; Unique>] Prompt of prompt: string
    | [<Mandatory; Unique>] Out of file: string
    | [<Unique>] Image of file: string
    | [<Unique>] Azimuth of degrees: string
    | [<Unique>] Elevation of degrees: string
    | [<Unique>] Distance of d: string
    | [<Unique>] Scheduler of name: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Guidance_Scale of s: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Prior of ``embedded|dir``: string
    | [<Unique>] Device of DeviceChoice
    | [<Unique>] Half

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Prompt _ -> "what the picture shows, for example \"a red mushroom, front view\"."
            | Out _ -> "the picture, .png; an older one is replaced."
            | Image _ ->
                "instead of a prompt, an object to turn: a picture, laid on white where it is transparent. It needs --prior with Zero-1-to-3."
            | Azimuth _ -> "how far to go around the object of --image, degrees, -360 to 360 (0)."
            | Elevation _ -> "how far to go up from where --image was taken, degrees, -180 to 180 (0)."
            | Distance _ -> "how far to step back from the object of --image, in the model's units, -10 to 10 (0)."
            | Scheduler _ -> "the sampler: ddim, ddpm, pndm, euler, euler-ancestral or dpm++ (ddim)."
            | Steps _ -> "denoising steps, 1 to the prior's number of timesteps (50)."
            | Guidance_Scale _ ->
                "classifier-free guidance: uncond + s (text - uncond), 0 to 1000 (7.5, with --image 3)."
            | Seed _ -> "seed of the noise, 0 or more (0)."
            | Prior _ -> "the diffusion model: embedded, or a folder in diffusers' layout (embedded)."
            | Device _ -> "where the prior runs; auto takes what is there (auto)."
            | Half -> "compute in half precision; for a GPU."
