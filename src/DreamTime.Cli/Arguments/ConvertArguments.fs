namespace DreamTime.Cli

open Argu

[<RequireQualifiedAccess>]
type InputForm =
    | Text
    | Json
    | Threestudio
    | Sigmas
    | Indices
    | Karras
    | Exponential
    | Polyexponential
    | Ays

[<RequireQualifiedAccess>]
type OutputForm =
    | Text
    | Json
    | Sigmas
    | Indices
    | Threestudio

[<RequireQualifiedAccess>]
type Interpolation =
    | Linear
    | Exp

type ConvertArguments =
    | [<MainCommand>] Texts of text: string list
    | [<Unique>] From of InputForm
    | [<Unique>] To of OutputForm
    | [<Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|zsnr|flow|file``: string
    | [<Unique>] Numbers
    | [<Unique>] Interpolation of Interpolation
    | [<Unique; CustomCommandLine "--sigma-min">] Sigma_Min of s: string
    | [<Unique; CustomCommandLine "--sigma-max">] Sigma_Max of s: string
    | [<Unique>] Rho of r: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Texts _ ->
                "what --from says, or @FILE with it: a schedule; a threestudio list of numbers, or two, min_step_percent and max_step_percent; a list; sd15, sdxl, if or svd for ays; nothing for karras, exponential and polyexponential."
            | From _ ->
                "the form that is read: text is the language or its JSON form, indices are diffusers' timesteps, one smaller than t (text)."
            | To _ -> "the form that is written (text)."
            | Steps _ -> "how many steps the run, or levels the list, has."
            | Noise _ -> "the noise schedule: its T for threestudio's shares, its levels for sigmas (sd)."
            | Numbers -> "the schedule is one of numbers along a run; --to threestudio implies it."
            | Interpolation _ -> "how a threestudio list goes between its numbers (linear)."
            | Sigma_Min _ -> "the last noise level (that of t = 1)."
            | Sigma_Max _ -> "the first noise level (that of t = T)."
            | Rho _ -> "the exponent of karras (7) and polyexponential (1)."
