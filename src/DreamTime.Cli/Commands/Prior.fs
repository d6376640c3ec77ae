/// `prior`: the diffusion model that ships with the program, trained and looked at.
module DreamTime.Cli.Commands.Prior

open System
open Argu
open DreamTime.Cli
open DreamTime.Diffusion
open DreamTime.Training

let private trainingOptions (arguments: ParseResults<TrainArguments>) (folder: string) =
    let standard = TrainingOptions(Output = folder)

    let given fallback read =
        Option.map read >> Option.defaultValue fallback

    let device =
        Device.placement (arguments.GetResult(TrainArguments.Device, Auto)) false

    let batch, replicas =
        if device.UsesGpu() then 256, 1 else standard.Batch, standard.Replicas

    let whole option =
        Values.integer 1L 1_000_000L option >> int

    TrainingOptions(
        Output = folder,
        Minutes =
            (arguments.TryGetResult TrainArguments.Minutes
             |> Option.map (Values.number 0.001 1e6 "--minutes")
             |> Option.toNullable),
        Steps =
            (arguments.TryGetResult TrainArguments.Steps
             |> Option.map (Values.integer 1L 1_000_000_000L "--steps")
             |> Option.toNullable),
        Resume = arguments.Contains TrainArguments.Resume,
        InitialWeights = (arguments.TryGetResult TrainArguments.From |> Option.toObj),
        Seed = (arguments.TryGetResult TrainArguments.Seed |> given standard.Seed (Values.seed "--seed")),
        Batch = (arguments.TryGetResult TrainArguments.Batch |> given batch (whole "--batch")),
        Replicas = (arguments.TryGetResult TrainArguments.Replicas |> given replicas (whole "--replicas")),
        Device = device.Device,
        LearningRate =
            (arguments.TryGetResult TrainArguments.Learning_Rate
             |> given standard.LearningRate (Values.number 1e-9 1.0 "--learning-rate"))
    )

/// What contradicts itself, before anything is made.
let private checkTraining (options: TrainingOptions) =
    if not options.Steps.HasValue && not options.Minutes.HasValue then
        Fault.wrong "a training needs a budget: --minutes, --steps or both"

    if options.Batch % options.Replicas <> 0 then
        Fault.wrong $"--batch {options.Batch} cannot be shared by --replicas {options.Replicas}; it must be a multiple"

    if options.Resume && not (isNull options.InitialWeights) then
        Fault.wrong "--resume and --from contradict each other: the checkpoint has its own weights"

let private trainingLine (report: TrainingReport) =
    let left =
        if report.Progress > 0.0 then
            $", {Duration.print (TimeSpan.FromSeconds(report.Seconds / report.Progress * (1.0 - report.Progress)))} left"
        else
            ""

    let validation =
        match Option.ofNullable report.ValidationLoss with
        | Some loss -> $", validation loss {loss:F4}"
        | None -> ""

    $"step {report.Step}, {report.Images} images, loss {report.Loss:F4}{validation}, {report.ImagesPerSecond:F1} images/s, {100.0 * report.Progress:F1} %%{left}"

let private train (terminal: Terminal) (arguments: ParseResults<TrainArguments>) =
    let out =
        arguments.TryGetResult TrainArguments.Out |> Values.needed "--out" "the folder of the training"

    let options = trainingOptions arguments out
    checkTraining options
    let folder = Output.folder "--out" out

    terminal.Interruptible(fun stop ->
        let last =
            Progress.show TimeProvider.System terminal (fun write ->
                let progress = {
                    new IProgress<TrainingReport> with
                        member _.Report report =
                            write report.ValidationLoss.HasValue (trainingLine report)
                }

                PriorTrainer.Train(options, progress, stop))

        terminal.Out.WriteLine folder

        if stop.IsCancellationRequested && last.Progress < 1.0 then
            raise (FaultException(Cancelled $"stopped after step {last.Step}; --resume goes on from there"))

        0)

let private draw (terminal: Terminal) (source: PriorSource) (options: InspectionOptions) (folder: string) =
    use prior = Prior.Load source

    terminal.Interruptible(fun stop ->
        let files =
            Progress.show TimeProvider.System terminal (fun write ->
                let progress = {
                    new IProgress<InspectionProgress> with
                        member _.Report sheet =
                            write true $"sheet {sheet.Done}/{sheet.Sheets}"
                }

                PriorInspection.Write(prior, folder, options, progress, stop))

        for file in files do
            terminal.Out.WriteLine file

        0)

let private inspect (terminal: Terminal) (arguments: ParseResults<InspectArguments>) =
    let standard = InspectionOptions()

    let given fallback read =
        Option.map read >> Option.defaultValue fallback

    let options =
        InspectionOptions(
            Seed = (arguments.TryGetResult InspectArguments.Seed |> given standard.Seed (Values.seed "--seed")),
            Guidance =
                (arguments.TryGetResult InspectArguments.Guidance_Scale
                 |> given standard.Guidance Values.guidanceScale)
        )

    let source =
        arguments.TryGetResult InspectArguments.Prior |> Option.map CommandLine.text |> Values.prior

    let folder =
        arguments.TryGetResult InspectArguments.Out |> Option.map (Output.folder "--out")

    let inventory =
        PriorInventory.Of(source, everyTensor = arguments.Contains InspectArguments.Every_Tensor)

    // Where pictures are asked for, standard output is their names, one a line.
    let say: string -> unit =
        if folder.IsSome then terminal.Error.WriteLine else terminal.Out.WriteLine

    List.iter say (InventoryText.lines inventory)

    match inventory.Problems.Count, folder with
    | 0, None -> 0
    | 0, Some folder -> draw terminal source options folder
    | problems, _ -> Fault.world $"{Fault.quote inventory.Name} cannot be loaded; problems: {problems}, listed above"

let run (terminal: Terminal) (arguments: ParseResults<PriorArguments>) =
    match arguments.TryGetSubCommand() with
    | Some(Train arguments) -> train terminal arguments
    | Some(Inspect arguments) -> inspect terminal arguments
    | None -> Fault.wrong "prior needs a command; dreamtime prior --help lists them"
