/// `reconstruct`: from images with known cameras to a 3D model.
module DreamTime.Cli.Commands.Reconstruct

open System
open System.Globalization
open System.IO
open Argu
open DreamTime
open DreamTime.Cli

/// A word that is none of them is refused with what there is.
let private representation (text: string option) =
    match text with
    | None
    | Some "nerf" -> Representation.Nerf
    | Some "neus" -> Representation.Neus
    | Some "splats" -> Representation.Splats
    | Some "dmtet" -> Representation.Dmtet
    | Some other -> Fault.wrong $"--representation must be nerf, neus, dmtet or splats, but was {Fault.quote other}"

/// The options of a reconstruction: the defaults, with what the command line says instead.
let options (arguments: ParseResults<ReconstructArguments>) =
    let preset = ReconstructionOptions()

    ReconstructionOptions(
        Representation = representation (arguments.TryGetResult ReconstructArguments.Representation),
        Unbounded = arguments.Contains ReconstructArguments.Unbounded,
        Budget =
            (match arguments.TryGetResult ReconstructArguments.Seconds with
             | Some text -> TimeSpan.FromSeconds(Values.number 1.0 86_400.0 "--seconds" text)
             | None -> preset.Budget),
        Asset =
            Values.asset
                (arguments.TryGetResult ReconstructArguments.Texture)
                (arguments.TryGetResult ReconstructArguments.Triangles)
                preset.Asset,
        Format = arguments.GetResult(ReconstructArguments.Format, preset.Format),
        Seed =
            (match arguments.TryGetResult ReconstructArguments.Seed with
             | Some text -> Values.seed "--seed" text
             | None -> preset.Seed)
    )

/// "step 812, 27.3 dB, 14.2 steps/s, 1:30 left", the ratio being that of the images which it learns from.
let private line (report: ReconstructionReport) =
    let invariant = FormattableString.Invariant
    let psnr, rate = report.TrainingPsnr, report.Rate

    String.Join(
        ", ",
        [
            $"step {report.Step}"
            invariant $"{psnr:F1} dB"
            invariant $"{rate:F1} steps/s"
            $"{Duration.print report.Remaining} left"
        ]
    )

let private slug (dataset: string) =
    Path.GetFullPath dataset
    |> Path.TrimEndingDirectorySeparator
    |> Path.GetFileName
    |> Option.ofObj
    |> Option.filter (String.IsNullOrWhiteSpace >> not)
    |> Option.defaultValue "reconstruction"

/// The budget is the command's: what loading has taken of it is gone.
let private remaining (options: ReconstructionOptions) (since: Diagnostics.Stopwatch) (renderer: Device.Renderer) =
    let left = options.Budget - since.Elapsed

    ReconstructionOptions(
        Representation = options.Representation,
        Unbounded = options.Unbounded,
        Budget = max left (TimeSpan.FromSeconds 0.5),
        Asset = options.Asset,
        Format = options.Format,
        Seed = options.Seed,
        Gpu = Device.device renderer
    )

/// What renders it.
let private renderer device (options: ReconstructionOptions) =
    if options.Unbounded && options.Representation <> Representation.Nerf then
        Fault.wrong
            $"--unbounded is for a nerf; {(string options.Representation).ToLowerInvariant()} has bounds: leave --unbounded or --representation out"
    else
        Device.renderer device options.Representation

let run (terminal: Terminal) (arguments: ParseResults<ReconstructArguments>) =
    let dataset =
        arguments.TryGetResult ReconstructArguments.Dataset
        |> Values.needed "the dataset" "a folder with transforms.json"
        |> CommandLine.text

    if String.IsNullOrWhiteSpace dataset then
        Fault.wrong "the dataset is empty; it is a folder with transforms.json"

    let options = options arguments
    let device = arguments.GetResult(ReconstructArguments.Device, Auto)
    let renderer = renderer device options

    use _renderer = {
        new IDisposable with
            member _.Dispose() = Device.dispose renderer
    }

    let clock = Diagnostics.Stopwatch.StartNew()

    let folder () =
        arguments.GetResult(ReconstructArguments.Out, Path.Combine("out", slug dataset))
        |> Output.folder "--out"

    terminal.Interruptible(fun stop ->
        let images = PosedDataset.Load(dataset, stop)
        let folder = folder ()

        match renderer with
        | Device.Gpu gpu -> terminal.Note $"device: {gpu.Name}"
        | Device.NoGpu _ -> ()

        terminal.Note $"{images.Training.Count} images to learn from, {images.Test.Count} to test with"

        let result =
            Progress.show TimeProvider.System terminal (fun write ->
                let progress = {
                    new IProgress<ReconstructionReport> with
                        member _.Report report = write false (line report)
                }

                Reconstruction
                    .RunAsync(images, folder, remaining options clock renderer, progress, stop)
                    .GetAwaiter()
                    .GetResult())

        Option.ofObj result.Warning |> Option.iter terminal.Warn
        Option.ofObj result.Model |> Option.iter terminal.Out.WriteLine

        for file in result.TestImages do
            terminal.Out.WriteLine file

        terminal.Out.WriteLine(String.Format(CultureInfo.InvariantCulture, "psnr {0:F2}", result.Psnr))

        if result.Cancelled then
            raise (FaultException(Cancelled $"stopped after {result.Steps} steps; {folder} holds what there is"))

        0)
