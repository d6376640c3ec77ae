namespace DreamTime.Cli

open Argu

type Arguments =
    | [<CliPrefix(CliPrefix.None)>] Generate of ParseResults<GenerateArguments>
    | [<CliPrefix(CliPrefix.None)>] Reconstruct of ParseResults<ReconstructArguments>
    | [<CliPrefix(CliPrefix.None)>] Sample of ParseResults<SampleArguments>
    | [<CliPrefix(CliPrefix.None)>] Schedule of ParseResults<ScheduleArguments>
    | [<CliPrefix(CliPrefix.None)>] Prior of ParseResults<PriorArguments>
    | [<CliPrefix(CliPrefix.None); SubCommand>] Doctor
    | Version
    | [<Inherit>] Verbose

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Generate _ -> "make a 3D model from a prompt."
            | Reconstruct _ -> "make a 3D model from images with known cameras."
            | Sample _ -> "draw a picture from a prompt with the diffusion model alone."
            | Schedule _ -> "print, draw and check timestep schedules."
            | Prior _ -> "train and inspect the diffusion model that ships with the program."
            | Doctor -> "say whether this machine has what a run needs."
            | Version -> "print the version."
            | Verbose -> "show where an error came from."
