/// What `sample` is asked to draw: a prompt's picture or a view of an object, decided from the words and the folder of the prior before a weight is read.
module DreamTime.Cli.Commands.SampleRequest

open Argu
open DreamTime.Cli
open DreamTime.Diffusion

type SampleRequest =
    | OfPrompt of Prompt
    | OfImage of file: string * view: RelativeView

/// The three numbers of a view: what was given, the option, and how large it may be.
let private numbers (arguments: ParseResults<SampleArguments>) = [
    arguments.TryGetResult SampleArguments.Azimuth, "--azimuth", 360.0
    arguments.TryGetResult SampleArguments.Elevation, "--elevation", 180.0
    arguments.TryGetResult SampleArguments.Distance, "--distance", 10.0
]

let private turnsImages (source: PriorSource) =
    source <> PriorSource.Embedded && source.TurnsImages()

let private hint =
    "--image FILE says what to turn, --azimuth and --elevation how far"

/// The view that the options ask for. Zero-1-to-3 counts elevations from the zenith, so that up is less.
let private view arguments =
    let read (given, option, most) =
        given |> Option.map (Values.number -most most option) |> Option.defaultValue 0.0

    match List.map read (numbers arguments) with
    | [ azimuth; elevation; distance ] -> RelativeView(-elevation, azimuth, distance)
    | _ -> invalidOp "there are three numbers to a view"

let read (source: PriorSource) (arguments: ParseResults<SampleArguments>) =
    let prompt = arguments.TryGetResult SampleArguments.Prompt

    match prompt, arguments.TryGetResult SampleArguments.Image with
    | Some _, Some _ -> Fault.wrong "a prompt and --image contradict each other: a picture is of one or of the other"
    | None, Some file ->
        let view = view arguments

        if source = PriorSource.Embedded then
            Fault.wrong "--image needs a prior that turns images: --prior with the folder of Zero-1-to-3"

        if not (turnsImages source) then
            Fault.world
                $"{Fault.quote (string source)} draws prompts and cannot turn --image; Zero-1-to-3 can, or leave --image out and say a prompt"

        OfImage(file, view)
    | prompt, None ->
        for number, option, _ in numbers arguments do
            if Option.isSome number then
                Fault.wrong $"{option} is for --image, which is missing"

        let given = prompt |> Option.map (fun text -> Values.prompt (Some text))

        if turnsImages source then
            Fault.world $"{Fault.quote (string source)} turns images (Zero-1-to-3) and reads no prompt; {hint}"

        OfPrompt(given |> Option.defaultWith (fun () -> Values.prompt None))
