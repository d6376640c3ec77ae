/// `generate`: from a prompt to a 3D model in a run folder.
module DreamTime.Cli.Commands.Generate

open System
open System.Collections.Generic
open System.IO
open Argu
open DreamTime
open DreamTime.Cli
open DreamTime.Diffusion
open DreamTime.Renderers
open DreamTime.Schedules

/// The options of a run: the quality's, with what the command line says instead.
let options (arguments: ParseResults<GenerateArguments>) =
    let preset =
        arguments.GetResult(GenerateArguments.Quality, Quality.Normal) |> TextTo3DOptions.For

    let given fallback read =
        Option.map read >> Option.defaultValue fallback

    let steps =
        arguments.TryGetResult GenerateArguments.Steps |> given preset.Steps (Values.steps "--steps")

    let views =
        arguments.TryGetResult GenerateArguments.Views |> given preset.Views (Values.views "--views")

    let seed =
        arguments.TryGetResult GenerateArguments.Seed |> given preset.Seed (Values.seed "--seed")

    let scale =
        arguments.TryGetResult GenerateArguments.Guidance_Scale
        |> given preset.Guidance.Scale Values.guidanceScale

    let schedule =
        arguments.TryGetResult GenerateArguments.Schedule
        |> Option.map (ScheduleSource.read >> ScheduleSource.expression)
        |> Option.toObj

    let regularizers =
        match arguments.GetResults GenerateArguments.Regularizer with
        | [] -> preset.RegularizerSchedules
        | given -> given |> List.map Values.regularizer |> Array.ofList :> IReadOnlyList<_>

    let representation =
        arguments.GetResult(GenerateArguments.Representation, preset.Representation)

    let environment =
        arguments.TryGetResult GenerateArguments.Environment |> Values.environment representation

    // F# has no `with` for C#'s records; a test compares the result with the quality's own options.
    TextTo3DOptions(
        Steps = steps,
        Views = views,
        Seed = seed,
        Schedule = schedule,
        Representation = representation,
        Guidance =
            GuidanceOptions(
                Scale = scale,
                Convention = preset.Guidance.Convention,
                Weighting = preset.Guidance.Weighting,
                ClampPrediction = preset.Guidance.ClampPrediction
            ),
        RenderSize = preset.RenderSize,
        Nerf = preset.Nerf,
        Regularizers = preset.Regularizers,
        RegularizerSchedules = regularizers,
        Start =
            Values.solid
                (arguments.TryGetResult GenerateArguments.Init)
                (arguments.TryGetResult GenerateArguments.Init_Size),
        Light =
            LightOptions(
                Mode = arguments.GetResult(GenerateArguments.Shading, preset.Light.Mode),
                AlbedoShare = preset.Light.AlbedoShare,
                Ambient = preset.Light.Ambient,
                Diffuse = preset.Light.Diffuse,
                Placement = preset.Light.Placement,
                Distance = preset.Light.Distance
            ),
        Background = arguments.GetResult(GenerateArguments.Background, preset.Background),
        BackgroundColor = preset.BackgroundColor,
        SurfacePreviews = preset.SurfacePreviews,
        Cameras = preset.Cameras,
        ViewDependentPrompts = preset.ViewDependentPrompts,
        MeshResolution = preset.MeshResolution,
        Asset =
            Values.asset
                (arguments.TryGetResult GenerateArguments.Texture)
                (arguments.TryGetResult GenerateArguments.Triangles)
                preset.Asset,
        Format = arguments.GetResult(GenerateArguments.Format, preset.Format),
        PreviewEvery = preset.PreviewEvery,
        TurntableFrames = preset.TurntableFrames,
        TurntableSize = preset.TurntableSize
    )
        .LitBy(environment)

/// A folder for the run, looked at before the prior is loaded.
let private claim (overwrite: bool) (path: string) =
    let folder = Output.folder "--out" path

    if File.Exists(Path.Combine(folder, "run.json")) && not overwrite then
        Fault.world $"{Fault.quote path} already holds a run; --out names another folder, --overwrite replaces the run"

    folder

let run (terminal: Terminal) (arguments: ParseResults<GenerateArguments>) =
    let prompt = Values.prompt (arguments.TryGetResult GenerateArguments.Prompt)
    let options = options arguments
    let source = Values.prior (arguments.TryGetResult GenerateArguments.Prior)
    let overwrite = arguments.Contains GenerateArguments.Overwrite
    let device = arguments.GetResult(GenerateArguments.Device, Auto)
    let renderer = Device.rendererOf device options

    use _renderer = {
        new IDisposable with
            member _.Dispose() = Device.dispose renderer
    }

    let options = options.RenderedOn(Device.device renderer)

    let folder =
        arguments.GetResult(GenerateArguments.Out, Path.Combine("out", Prompt.slug prompt))
        |> claim overwrite

    use prior =
        Prior.Load(source, Device.besideRenderer device (arguments.Contains GenerateArguments.Half))

    let options =
        if arguments.Contains GenerateArguments.Guidance_Scale then
            options
        else
            options.SuitedTo prior

    TextTo3D.ScheduleOf(prior, options).Compile prior.Noise |> ignore // whether it fits this prior, said before anything begins
    UnknownWords.warn terminal prior prompt
    Device.announce terminal device renderer prior

    terminal.Interruptible(fun stop ->
        let result =
            Progress.track TimeProvider.System terminal "step" options.Steps (fun report ->
                let progress = {
                    new IProgress<StepReport> with
                        member _.Report step =
                            report step.Index $"t = {step.Timestep}"
                }

                TextTo3D
                    .GenerateAsync(prior, prompt.Text, folder, options, overwrite, progress, stop)
                    .GetAwaiter()
                    .GetResult())

        Option.ofObj result.Warning |> Option.iter terminal.Warn

        for file in List.choose Option.ofObj [ result.Model; result.Picture ] do
            terminal.Out.WriteLine file

        if result.Cancelled then
            raise (
                FaultException(
                    Cancelled
                        $"stopped after {result.StepsDone} of {options.Steps} steps; {folder} holds what there is"
                )
            )

        0)
