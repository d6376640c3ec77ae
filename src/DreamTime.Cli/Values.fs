/// Reads the values of options: each function takes the option's name and its text, and ends the command with a line that says what would be right.
module DreamTime.Cli.Values

open System
open System.Globalization
open System.IO
open DreamTime.Diffusion
open DreamTime.Renderers
open DreamTime.Schedules

let private invariant = CultureInfo.InvariantCulture

/// A whole number in lowest..highest.
let integer (lowest: int64) (highest: int64) (option: string) (text: string) =
    match Int64.TryParse(text, NumberStyles.AllowLeadingSign, invariant) with
    | true, value when value >= lowest && value <= highest -> value
    | _ ->
        let print (number: int64) = number.ToString("#,0", invariant)

        Fault.wrong
            $"{option} must be a whole number from {print lowest} to {print highest}, but was {Fault.quote text}"

/// Optimisation steps.
let steps option text = int (integer 1L 1_000_000L option text)

/// Views rendered in a step.
let views option text = int (integer 1L 64L option text)

let seed option text = integer 0L Int64.MaxValue option text

/// A number in lowest..highest, with a decimal point whatever the culture.
let number (lowest: float) (highest: float) (option: string) (text: string) =
    match Double.TryParse(text, NumberStyles.Float, invariant) with
    | true, value when value >= lowest && value <= highest -> value
    | _ -> Fault.wrong $"{option} must be a number from {lowest} to {highest}, but was {Fault.quote text}"

/// What has no default and was not given.
let needed (option: string) (meaning: string) =
    function
    | Some value -> value
    | None -> Fault.wrong $"{option} is missing: {meaning}"

/// The noise schedule that `--noise` names.
let noise (text: string option) =
    match text with
    | None
    | Some "sd" -> NoiseSchedule.StableDiffusion
    | Some "if" -> NoiseSchedule.DeepFloydIf
    | Some "ddpm" -> NoiseSchedule.Ddpm
    | Some "zsnr" -> NoiseSchedule.StableDiffusion.RescaledToZeroTerminalSnr()
    | Some "flow" -> NoiseSchedule.Flow(1000, 1.0)
    | Some shifted when shifted.StartsWith("flow:", StringComparison.Ordinal) ->
        NoiseSchedule.Flow(1000, number 0.001 1000.0 "--noise flow:SHIFT" (shifted.Substring 5))
    | Some file when File.Exists file -> NoiseSchedule.Load file
    | Some other ->
        Fault.world
            $"--noise is sd, if, ddpm, zsnr, flow, flow:SHIFT or a file, and there is no file {Fault.quote other}"

/// The text of a schedule, or its JSON form, as the user or the file that was named has it.
let scheduleText (text: string option) =
    needed "the schedule" "an expression such as \"snr * gaussian 500 125\", or a preset's name" text
    |> ScheduleSource.read

let prompt (text: string option) =
    needed "the prompt" "what to make, for example \"a red mushroom\"" text
    |> CommandLine.text
    |> Prompt.parse
    |> Fault.orWrong

/// Where `--prior` says the diffusion model is.
let prior (text: string option) =
    match text with
    | None
    | Some "embedded" -> PriorSource.Embedded
    | Some folder when String.IsNullOrWhiteSpace folder -> Fault.wrong "--prior is empty; it is embedded, or a folder"
    | Some folder -> PriorSource.Folder folder

/// What `--init` says a field starts as: a mesh's file, a sphere or an ellipsoid.
let solid (text: string option) (size: string option) : SignedShape | null =
    let radius = number 0.05 1.0 "--init's radii" >> float32

    match text with
    | None when size.IsSome -> Fault.wrong "--init-size is the size of --init's mesh, and --init is missing"
    | None -> null
    | Some text when text.StartsWith("sphere:", StringComparison.Ordinal) ->
        SignedShape.Sphere(radius (text.Substring 7))
    | Some text when text.StartsWith("ellipsoid:", StringComparison.Ordinal) ->
        match text.Substring(10).Split ',' with
        | [| x; y; z |] -> SignedShape.Ellipsoid(Numerics.Vector3(radius x, radius y, radius z))
        | _ -> Fault.wrong $"--init ellipsoid:X,Y,Z has three radii, but was {Fault.quote text}"
    | Some file when not (File.Exists file) ->
        Fault.world $"--init is a mesh's file, sphere:R or ellipsoid:X,Y,Z, and there is no file {Fault.quote file}"
    | Some file ->
        let size =
            size |> Option.map (number 0.1 2.0 "--init-size" >> float32) |> Option.toNullable

        SignedShape.Mesh(ShapeFile.Load file, size)

/// The light that `--environment` says is around a DMTet.
let environment (representation: DreamTime.Representation) (text: string option) : EnvironmentLight | null =
    match text with
    | None -> null
    | Some _ when representation <> DreamTime.Representation.Dmtet ->
        let name = (string representation).ToLowerInvariant()
        Fault.wrong $"--environment is the light around a dmtet; for {name} there is --shading"
    | Some "studio" -> EnvironmentLight.Studio
    | Some "overcast" -> EnvironmentLight.Overcast
    | Some file when File.Exists file ->
        let panorama = ImageFile.Load file

        try
            EnvironmentLight.Of panorama
        with :? InvalidDataException as error ->
            Fault.world $"--environment {Fault.quote file}: {error.Message}"
    | Some other ->
        Fault.world $"--environment is studio, overcast or a picture's file, and there is no file {Fault.quote other}"

/// A loss and its weight along the run.
let regularizer (text: string) =
    try
        RegularizerSchedule.Parse text
    with :? FormatException as error ->
        Fault.wrong $"--regularizer {Fault.quote text}: {error.Message}"

let guidanceScale = number 0.0 1000.0 "--guidance-scale"

let private samplers = [
    "ddim", SamplerKind.Ddim
    "ddpm", SamplerKind.Ddpm
    "pndm", SamplerKind.Pndm
    "euler", SamplerKind.Euler
    "euler-ancestral", SamplerKind.EulerAncestral
    "dpm++", SamplerKind.DpmSolverMultistep
]

/// The sampler that `--scheduler` names.
let sampler (text: string) =
    let names = List.map fst samplers

    match samplers |> List.tryFind (fun (name, _) -> name = text) with
    | Some(_, kind) -> kind
    | None ->
        let known = String.Join(", ", names)
        Fault.wrong $"--scheduler is one of {known}, but was {Fault.quote text}{Suggestion.hint names text}"

/// Triangles and texture of an asset, with the defaults where nothing is said.
let asset (texture: string option) (triangles: string option) (preset: AssetOptions) =
    let number nothing lowest highest option fallback text =
        match text with
        | None -> fallback
        | Some word when word = nothing -> Nullable()
        | Some word -> Nullable(int (integer lowest highest option word))

    AssetOptions(
        TextureSize = number "none" 16L 16_384L "--texture" preset.TextureSize texture,
        Triangles = number "all" 4L 100_000_000L "--triangles" preset.Triangles triangles
    )
