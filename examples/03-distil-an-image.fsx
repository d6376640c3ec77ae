// Score distillation without a network and without 3D: the prior is a mixture of two plain colours whose score is known exactly, the parameters
// are the pixels of an image (the paper's figure 4). TP-SDS ends at one of the colours, not at their mean.
#r "../src/DreamTime.Cli/bin/Release/net10.0/TorchSharp.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.Schedules.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.Renderers.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.Diffusion.dll"
#r "../src/DreamTime.Cli/bin/Release/net10.0/DreamTime.dll"

open DreamTime
open DreamTime.Diffusion
open DreamTime.Schedules
open TorchSharp

NativeLibtorch.Load()

let size = 16
let latent = size / 2

/// The latent of an image of one colour: pixel_unshuffle keeps the four pixels of a channel together.
let plain (colour: float list) =
    colour
    |> List.collect (fun channel -> List.replicate (4 * latent * latent) (2.0 * channel - 1.0))
    |> Array.ofList

let colours = [ "red", [ 0.8; 0.2; 0.2 ]; "blue", [ 0.2; 0.3; 0.9 ] ]

let denoiser =
    new AnalyticDenoiser(
        NoiseSchedule.StableDiffusion,
        12,
        latent,
        latent,
        [| for _, colour in colours -> MixtureComponent(0.5, plain colour, 0.05) |]
    )

let prior =
    new Prior(
        "two colours",
        "",
        size,
        SchedulerConfig(),
        denoiser,
        new PixelUnshuffleCodec 2,
        fun _ -> torch.ones [| 1L; 1L; 2L |]
    )

let distil (schedule: string) =
    let options =
        TextTo3DOptions(
            Representation = Representation.Image,
            Schedule = ScheduleExpression.Parse schedule,
            Steps = 200,
            Views = 1,
            Guidance = GuidanceOptions(Scale = 1.0)
        )

    use run = TextTo3D.Start(prior, "any colour", options)

    while run.StepsDone < options.Steps do
        run.Advance() |> ignore

    let image =
        run.Render(run.Around 1, size, System.Numerics.Vector3.One).ColorOf(0).ToArray()

    let channels = image |> Array.chunkBySize (size * size) |> Array.map Array.average
    printfn "%-10s ends at red %.2f, green %.2f, blue %.2f" schedule channels[0] channels[1] channels[2]

for schedule in [ "dreamtime"; "sds"; "linear" ] do
    distil schedule
