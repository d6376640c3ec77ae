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
    | [<Unique>] Noise of ``sd|if|ddpm|zsnr|flow|file``: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Format of TableFormat

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Text _ ->
                "a schedule or a preset's name, for example \"snr * gaussian 500 125\" or dreamtime; its JSON form; or @FILE with either."
            | Steps _ -> "how many steps the run has, 1 to 1,000,000."
            | Noise _ ->
                "the noise it is compiled on: sd, if, ddpm, zsnr (sd without signal at T), flow or flow:SHIFT (flow matching in 1000 cells), a scheduler_config.json, or a JSON array of abar (sd). For a flow the timestep column holds its time in 0..1, the midpoint of the cell; for all others the paper's t in 1..T."
            | Seed _ -> "seed of a random schedule, 0 or more (0)."
            | Format _ -> "how the rows are written (csv)."

/// What a plot has on its axes.
type PlotContent =
    | Timesteps
    | Weights
    | Sums
    | Histogram
    | Snr

type PlotArguments =
    | [<MainCommand>] Texts of text: string list
    | [<Mandatory; Unique>] Out of file: string
    | [<Unique>] Show of PlotContent
    | [<Unique>] Figure of ``5|15``: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|zsnr|flow|file``: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Texts _ ->
                "one or more schedules, presets' names, or @FILE with one; each becomes a curve, or dots where it draws at random."
            | Out _ -> "the picture, .svg or .png."
            | Show _ ->
                "what is drawn: the timesteps of a run, the weights (of one schedule also the factors, Wd and Wp), their tail sums, how many steps fall to which timesteps, or the signal-to-noise ratio along the run (timesteps)."
            | Figure _ ->
                "a figure of the paper instead of schedules: 5 (W, Wd, Wp and their timesteps) or 15 (beside HiFA and ProlificDreamer)."
            | Steps _ -> "how many steps the run has (1000; 25000 for figure 15)."
            | Noise _ -> "the noise schedule they are compiled on (sd)."

type CheckArguments =
    | [<MainCommand; Mandatory; Unique>] Text of text: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|zsnr|flow|file``: string
    | [<Unique>] Simplify

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Text _ -> "a schedule or a preset's name; its JSON form; or @FILE with either."
            | Steps _ -> "how many steps the run has (10)."
            | Noise _ -> "the noise schedule it is compiled on (sd)."
            | Simplify -> "print the simplest form too, and the laws that lead there."

type DescribeArguments =
    | [<MainCommand; Mandatory; Unique>] Text of text: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|zsnr|flow|file``: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Text _ -> "a schedule or a preset's name; its JSON form; or @FILE with either."
            | Steps _ -> "how many steps the run has (1000)."
            | Noise _ -> "the noise schedule it is compiled on (sd)."

type FitArguments =
    | [<MainCommand; Mandatory; Unique>] Text of text: string
    | [<Mandatory; Unique>] To of ``text|file``: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Noise of ``sd|if|ddpm|zsnr|flow|file``: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Text _ ->
                "the weight whose numbers are sought, where the search begins, for example \"snr * gaussian 500 125\"; its JSON form; or @FILE with either."
            | To _ ->
                "the schedule to come near to, or a file with one, or with a table as schedule table prints it (step,timestep)."
            | Steps _ -> "how many steps are compared (1000; the table's)."
            | Noise _ -> "the noise schedule both are compiled on (sd)."

type ScheduleArguments =
    | [<CliPrefix(CliPrefix.None)>] Table of ParseResults<TableArguments>
    | [<CliPrefix(CliPrefix.None)>] Plot of ParseResults<PlotArguments>
    | [<CliPrefix(CliPrefix.None); SubCommand>] List
    | [<CliPrefix(CliPrefix.None)>] Check of ParseResults<CheckArguments>
    | [<CliPrefix(CliPrefix.None)>] Describe of ParseResults<DescribeArguments>
    | [<CliPrefix(CliPrefix.None)>] Fit of ParseResults<FitArguments>
    | [<CliPrefix(CliPrefix.None)>] Convert of ParseResults<ConvertArguments>

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Table _ -> "print the timestep of every step."
            | Plot _ -> "draw schedules, or a figure of the paper."
            | List -> "print the presets."
            | Check _ -> "print the schedule as it was understood, or point at the mistake."
            | Describe _ -> "say what the schedule does."
            | Fit _ -> "find the numbers of a weight whose schedule comes nearest to another."
            | Convert _ -> "read and write the JSON form, threestudio's lists, sigmas and diffusers' timesteps."
