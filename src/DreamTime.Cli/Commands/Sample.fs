/// `sample`: a picture from a prompt by the diffusion model alone.
module DreamTime.Cli.Commands.Sample

open System
open Argu
open DreamTime.Cli
open DreamTime.Diffusion
open DreamTime.Renderers

let private options (arguments: ParseResults<SampleArguments>) =
    let standard = SampleOptions()

    let given fallback read =
        Option.map read >> Option.defaultValue fallback

    SampleOptions(
        Sampler = (arguments.TryGetResult SampleArguments.Scheduler |> given standard.Sampler Values.sampler),
        Steps = (arguments.TryGetResult SampleArguments.Steps |> given standard.Steps (Values.steps "--steps")),
        GuidanceScale =
            (arguments.TryGetResult SampleArguments.Guidance_Scale
             |> given standard.GuidanceScale Values.guidanceScale),
        Seed = (arguments.TryGetResult SampleArguments.Seed |> given standard.Seed (Values.seed "--seed"))
    )

let private save (path: string) (image: TorchSharp.torch.Tensor) =
    let height, width = int image.shape[2], int image.shape[3]
    ImageFile.SavePng(path, ReadOnlySpan(image.data<float32>().ToArray()), height, width)

let run (terminal: Terminal) (arguments: ParseResults<SampleArguments>) =
    let prompt = Values.prompt (arguments.TryGetResult SampleArguments.Prompt)
    let options = options arguments
    let source = Values.prior (arguments.TryGetResult SampleArguments.Prior)

    let path =
        arguments.TryGetResult SampleArguments.Out
        |> Values.needed "--out" "the picture to write"
        |> Output.file "--out" [ ".png" ]

    let placement =
        Device.placement (arguments.GetResult(SampleArguments.Device, Auto)) (arguments.Contains SampleArguments.Half)

    use prior = Prior.Load(source, placement)

    if options.Steps > prior.Noise.Timesteps then
        Fault.wrong $"--steps is {options.Steps}, but this prior has {prior.Noise.Timesteps} timesteps to visit"

    UnknownWords.warn terminal prior prompt
    let sampler = TextToImage prior

    terminal.Interruptible(fun stop ->
        use image =
            Progress.track TimeProvider.System terminal "step" (sampler.ModelCalls options) (fun report ->
                let progress = {
                    new IProgress<SampleProgress> with
                        member _.Report done' =
                            report done'.Step $"t = {done'.Timestep}"
                }

                sampler.Sample(prompt.Text, options, progress, stop))

        save path image
        terminal.Out.WriteLine path
        0)
