namespace DreamTime.Cli

open Argu

// One union a command: its cases are the options, their texts the help. Values that can be wrong in more ways than Argu knows
// (numbers with a range, schedules, prompts) stay text here and are read by Values.

type TableFormat =
    | Csv
    | Json

type TableArguments =
    | [<MainCommand; Mandatory; Unique>] Text of text: string
    | [<Mandatory; Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|file``: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Format of TableFormat

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Text _ -> "a schedule or a preset's name, for example \"snr * gaussian 500 125\" or dreamtime."
            | Steps _ -> "how many steps the run has, 1 to 1,000,000."
            | Noise _ ->
                "the noise schedule it is compiled on: sd, if, ddpm, a scheduler_config.json, or a JSON array of abar (sd)."
            | Seed _ -> "seed of a random schedule, 0 or more (0)."
            | Format _ -> "how the rows are written (csv)."

type PlotArguments =
    | [<MainCommand; Mandatory>] Texts of text: string list
    | [<Mandatory; Unique>] Out of file: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|file``: string
    | [<Unique>] Seed of s: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Texts _ -> "one or more schedules or presets' names; each becomes a curve."
            | Out _ -> "the picture, .svg or .png."
            | Steps _ -> "how many steps the run has (1000)."
            | Noise _ -> "the noise schedule they are compiled on (sd)."
            | Seed _ -> "seed of random schedules (0)."

type CheckArguments =
    | [<MainCommand; Mandatory; Unique>] Text of text: string
    | [<Unique>] Noise of ``sd|if|ddpm|file``: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Text _ -> "a schedule or a preset's name."
            | Noise _ -> "the noise schedule it is compiled on (sd)."

type ScheduleArguments =
    | [<CliPrefix(CliPrefix.None)>] Table of ParseResults<TableArguments>
    | [<CliPrefix(CliPrefix.None)>] Plot of ParseResults<PlotArguments>
    | [<CliPrefix(CliPrefix.None); SubCommand>] List
    | [<CliPrefix(CliPrefix.None)>] Check of ParseResults<CheckArguments>
    | [<CliPrefix(CliPrefix.None)>] Describe of ParseResults<CheckArguments>

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Table _ -> "print the timestep of every step."
            | Plot _ -> "draw timesteps against steps."
            | List -> "print the presets."
            | Check _ -> "print the schedule as it was understood, or point at the mistake."
            | Describe _ -> "say what the schedule does."

type SamplerName =
    | Ddim
    | Ddpm

type SampleArguments =
    | [<MainCommand; Mandatory; Unique>] Prompt of prompt: string
    | [<Mandatory; Unique>] Out of file: string
    | [<Unique>] Scheduler of SamplerName
    | [<Unique>] Steps of n: string
    | [<Unique>] Guidance_Scale of s: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Prior of ``embedded|dir``: string
    | [<Unique>] Overwrite

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Prompt _ -> "what the picture shows, for example \"a red mushroom, front view\"."
            | Out _ -> "the picture, .png."
            | Scheduler _ -> "the sampler (ddim)."
            | Steps _ -> "denoising steps, 1 to the prior's number of timesteps (50)."
            | Guidance_Scale _ -> "classifier-free guidance: uncond + s (text - uncond), 0 to 1000 (4)."
            | Seed _ -> "seed of the noise, 0 or more (0)."
            | Prior _ -> "the diffusion model: embedded, or a folder in diffusers' layout (embedded)."
            | Overwrite -> "replace the picture where there is one."

type Representation =
    | Nerf
    | Image

type Quality =
    | Draft
    | Normal
    | Fine

type DeviceChoice =
    | Cpu
    | Auto
    | Cuda

type GenerateArguments =
    | [<MainCommand; Mandatory; Unique>] Prompt of prompt: string
    | [<Unique>] Out of dir: string
    | [<Unique>] Schedule of text: string
    | [<Unique>] Representation of Representation
    | [<Unique>] Quality of Quality
    | [<Unique>] Steps of n: string
    | [<Unique>] Views of n: string
    | [<Unique>] Guidance_Scale of s: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Prior of ``embedded|dir``: string
    | [<Unique>] Device of DeviceChoice
    | [<Unique>] Overwrite

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Prompt _ -> "what to make, for example \"a red mushroom\"."
            | Out _ -> "the run's folder (out/ and the prompt's words)."
            | Schedule _ ->
                "timestep schedule: a preset's name or an expression, for example sds or \"snr * gaussian 500 125\" (dreamtime)."
            | Representation _ -> "what is optimised: nerf makes a 3D model, image the paper's 2D experiment (nerf)."
            | Quality _ -> "how much work: sets steps, views and resolution (normal)."
            | Steps _ -> "optimisation steps, 1 to 1,000,000 (set by the quality)."
            | Views _ -> "views rendered a step, 1 to 64 (set by the quality)."
            | Guidance_Scale _ -> "classifier-free guidance: uncond + s (text - uncond), 0 to 1000 (set by the recipe)."
            | Seed _ -> "seed of everything random, 0 or more (0)."
            | Prior _ -> "the diffusion model: embedded, or a folder in diffusers' layout (embedded)."
            | Device _ -> "where the renderer runs; auto takes what is there (auto)."
            | Overwrite -> "replace the run that the folder holds."

type Arguments =
    | [<CliPrefix(CliPrefix.None)>] Generate of ParseResults<GenerateArguments>
    | [<CliPrefix(CliPrefix.None)>] Sample of ParseResults<SampleArguments>
    | [<CliPrefix(CliPrefix.None)>] Schedule of ParseResults<ScheduleArguments>
    | [<CliPrefix(CliPrefix.None); SubCommand>] Doctor
    | Version
    | [<Inherit>] Verbose

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Generate _ -> "make a 3D model from a prompt."
            | Sample _ -> "draw a picture from a prompt with the diffusion model alone."
            | Schedule _ -> "print, draw and check timestep schedules."
            | Doctor -> "say whether this machine has what a run needs."
            | Version -> "print the version."
            | Verbose -> "show where an error came from."
