/// `sample`: a picture by the diffusion model alone, of a prompt or of a given object from elsewhere.
module DreamTime.Cli.Commands.Sample

open System
open Argu
open DreamTime.Cli
open DreamTime.Cli.Commands.SampleRequest
open DreamTime.Diffusion
open DreamTime.Renderers

/// The published guidance scale of Zero-1-to-3.
let private turningScale = 3.0

/// Where the configuration does not say: the size of the images that Zero-1-to-3 was trained on.
let private turningSize = 256

let private options (arguments: ParseResults<SampleArguments>) (scale: float) =
    let standard = SampleOptions()

    let given fallback read =
        Option.map read >> Option.defaultValue fallback

    SampleOptions(
        Sampler = (arguments.TryGetResult SampleArguments.Scheduler |> given standard.Sampler Values.sampler),
        Steps = (arguments.TryGetResult SampleArguments.Steps |> given standard.Steps (Values.steps "--steps")),
        GuidanceScale = (arguments.TryGetResult SampleArguments.Guidance_Scale |> given scale Values.guidanceScale),
        Seed = (arguments.TryGetResult SampleArguments.Seed |> given standard.Seed (Values.seed "--seed"))
    )

let private save (path: string) (image: TorchSharp.torch.Tensor) =
    let height, width = int image.shape[2], int image.shape[3]
    ImageFile.SavePng(path, ReadOnlySpan(image.data<float32>().ToArray()), height, width)

/// Draws with progress on stderr, and writes the picture whole or not at all.
let private draw (terminal: Terminal) (path: string) (steps: int) sample =
    terminal.Interruptible(fun stop ->
        use image: TorchSharp.torch.Tensor =
            Progress.track TimeProvider.System terminal "step" steps (fun report ->
                let progress = {
                    new IProgress<SampleProgress> with
                        member _.Report done' =
                            report done'.Step $"t = {done'.Timestep}"
                }

                sample progress stop)

        save path image
        terminal.Out.WriteLine path
        0)

let private requireSteps (options: SampleOptions) (timesteps: int) =
    if options.Steps > timesteps then
        Fault.wrong $"--steps is {options.Steps}, but this prior has {timesteps} timesteps to visit"

let private ofPrompt terminal source placement path (options: SampleOptions) (prompt: Prompt) =
    use prior = Prior.Load(source, placement)
    requireSteps options prior.Noise.Timesteps
    UnknownWords.warn terminal prior prompt
    let sampler = TextToImage prior

    draw terminal path (sampler.ModelCalls options) (fun progress stop ->
        sampler.Sample(prompt.Text, options, progress, stop))

let private ofImage terminal (source: PriorSource) path (options: SampleOptions) (file: string) (view: RelativeView) =
    let struct (rgba, height, width) = ImageFile.LoadRgba file
    use model = Zero123.Load(source.Open())
    requireSteps options model.Noise.Timesteps
    let size = model.ImageSize |> Option.ofNullable |> Option.defaultValue turningSize
    use image = GivenImage.OnWhite(rgba, height, width, size)
    let sampler = ImageToView model

    draw terminal path (sampler.ModelCalls options) (fun progress stop ->
        sampler.Sample(image, [| view |], options, progress, stop))

let run (terminal: Terminal) (arguments: ParseResults<SampleArguments>) =
    let source = Values.prior (arguments.TryGetResult SampleArguments.Prior)

    let promptOptions, viewOptions =
        options arguments (SampleOptions().GuidanceScale), options arguments turningScale

    let path =
        arguments.TryGetResult SampleArguments.Out
        |> Values.needed "--out" "the picture to write"
        |> Output.file "--out" [ ".png" ]

    let device = arguments.GetResult(SampleArguments.Device, Auto)
    let half = arguments.Contains SampleArguments.Half

    match SampleRequest.read source arguments with
    | OfPrompt prompt -> ofPrompt terminal source (Device.placement device half) path promptOptions prompt
    | OfImage(file, view) ->
        if half || device = Cuda then
            Fault.wrong "--image is turned on the CPU in single precision; leave --half and --device cuda out"

        ofImage terminal source path viewOptions file view
