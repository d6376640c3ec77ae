/// `schedule`: timestep schedules printed, drawn, checked and described.
module DreamTime.Cli.Commands.Schedule

open System
open System.Collections.Generic
open System.Globalization
open Argu
open DreamTime.Cli
open DreamTime.Renderers
open DreamTime.Schedules

/// The paper's t, or the time of a flow: the midpoint of its cell.
let private show (noise: NoiseSchedule) (t: int) =
    if noise.IsFlow then
        noise.Time(t * 1<timestep>).ToString("R", CultureInfo.InvariantCulture)
    else
        string t

/// The timesteps of a whole run, lazily: step, timestep.
let private timesteps (schedule: Schedule) (steps: int) (seed: int64) =
    seq { for step in 1..steps -> struct (step, show schedule.Noise (schedule.TimestepAt(step, steps, seed, 0))) }

let private csv (terminal: Terminal) rows =
    terminal.Out.WriteLine "step,timestep"

    for struct (step: int, timestep: string) in rows do
        terminal.Out.WriteLine $"{step},{timestep}"

let private json (terminal: Terminal) rows =
    let mutable before = "["

    for struct (step: int, timestep: string) in rows do
        terminal.Out.Write $"{before}{{\"step\":{step},\"timestep\":{timestep}}}"
        before <- ","

    terminal.Out.WriteLine "]"

let private table (terminal: Terminal) (arguments: ParseResults<TableArguments>) =
    let text = Values.scheduleText (arguments.TryGetResult TableArguments.Text)

    let steps =
        arguments.TryGetResult TableArguments.Steps
        |> Values.needed "--steps" "how many steps the run has"
        |> Values.steps "--steps"

    let seed = arguments.GetResult(TableArguments.Seed, "0") |> Values.seed "--seed"
    let expression = ScheduleSource.expression text
    let noise = Values.noise (arguments.TryGetResult TableArguments.Noise)
    let rows = timesteps (expression.Compile noise) steps seed

    match arguments.GetResult(TableArguments.Format, Csv) with
    | Csv -> csv terminal rows
    | Json -> json terminal rows

    0

/// Curves of what was asked for, over the schedules of the texts.
let private charts (arguments: ParseResults<PlotArguments>) noise steps expressions : Chart seq =
    let schedules = [
        for text: string, expression: ScheduleExpression in expressions -> KeyValuePair(text, expression.Compile noise)
    ]

    match arguments.GetResult(PlotArguments.Show, PlotContent.Timesteps) with
    | PlotContent.Timesteps -> [ SchedulePlot.Timesteps(schedules, steps) ]
    | PlotContent.Weights -> [ SchedulePlot.Weights schedules ]
    | PlotContent.Sums -> [ SchedulePlot.TailSums schedules ]
    | PlotContent.Histogram -> [ SchedulePlot.Histogram(schedules, steps) ]
    | PlotContent.Snr -> [ SchedulePlot.SignalToNoise(schedules, steps) ]

let private plot (terminal: Terminal) (arguments: ParseResults<PlotArguments>) =
    let texts =
        arguments.GetResults PlotArguments.Texts |> List.concat |> List.map CommandLine.text

    let figure = arguments.TryGetResult PlotArguments.Figure

    // The runs of figure 15's methods have 25,000 steps; ProlificDreamer narrows its range after 5000 of them.
    let usual = if figure = Some "15" then "25000" else "1000"

    let steps =
        arguments.GetResult(PlotArguments.Steps, usual) |> Values.steps "--steps"

    let draw =
        match figure, texts with
        | None, [] ->
            Fault.wrong "the schedules are missing: one or more expressions or presets' names, or --figure 5 or 15"
        | None, texts ->
            let expressions =
                texts |> List.map (fun text -> text, ScheduleSource.expression (ScheduleSource.read text))

            fun noise -> charts arguments noise steps expressions
        | Some _, text :: _ -> Fault.wrong $"--figure draws the paper's schedules, without {Fault.quote text}"
        | Some "5", [] -> fun noise -> PaperFigures.Figure5(noise, steps)
        | Some "15", [] -> fun noise -> PaperFigures.Figure15(noise, steps)
        | Some other, [] -> Fault.wrong $"--figure is 5 or 15, but was {Fault.quote other}"

    let path =
        arguments.TryGetResult PlotArguments.Out
        |> Values.needed "--out" "the picture to write"
        |> Output.file "--out" [ ".svg"; ".png" ]

    let noise = Values.noise (arguments.TryGetResult PlotArguments.Noise)

    let charts =
        try
            draw noise
        with :? ArgumentException as error when not (error :? ScheduleException) ->
            Fault.wrong (error.Message.Replace(" (Parameter 'schedules')", ""))

    if path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) then
        let png = SvgPicture.toPng (SchedulePlot.ToSvg charts)
        AtomicFile.Write(path, (fun stream -> stream.Write(ReadOnlySpan png)))
    else
        SchedulePlot.Save(charts, path)

    terminal.Out.WriteLine path
    0

let private list (terminal: Terminal) =
    for preset in SchedulePresets.All do
        let line =
            match Schedule.tryCompile NoiseSchedule.StableDiffusion preset.Expression with
            | Ok schedule -> SchedulePlot.Sparkline(schedule, 20)
            | Error _ -> String.Empty

        terminal.Out.WriteLine $"{preset.Name} {preset.Version} = {preset.Expression}"
        terminal.Out.WriteLine $"    {line}  {preset.Description}"

    0

/// Points at the mistake in the text; what stands far from it on a long line is left out.
let private explain (terminal: Terminal) (text: string) (error: ScheduleParseException) =
    let line =
        text.Split('\n')[error.Line - 1] |> String.map (fun c -> if Char.IsControl c then ' ' else c)

    let start = max 0 (error.Column - 1 - 60)
    let shown = line.Substring(start, min 120 (line.Length - start))
    terminal.Note $"error: {error.Message}"
    terminal.Error.WriteLine $"    {shown}"
    terminal.Error.WriteLine("    " + String(' ', error.Column - 1 - start) + "^")

/// Runs a command on the content of a text or a file; a mistake in it is pointed at.
let private pointing (terminal: Terminal) (text: string option) (command: string -> int) =
    let content = Values.scheduleText text

    try
        command content
    with :? ScheduleParseException as error ->
        explain terminal content error
        Fault.exitCode (WrongRequest error.Message)

let private join (timesteps: string seq) = String.Join(' ', timesteps)

let private kind (schedule: Schedule) =
    match schedule.IsDeterministic, schedule.PerSample with
    | true, _ -> "deterministic"
    | false, false -> "random, one draw a step"
    | false, true -> "random, one draw a sample"

let private printSimplified (terminal: Terminal) (expression: ScheduleExpression) =
    let laws = expression.LawsToSimplify

    if laws.Count = 0 then
        terminal.Out.WriteLine "no law makes it simpler"
    else
        terminal.Out.WriteLine $"simplest form: {expression.Simplify()}"

        for law in Seq.distinct laws do
            terminal.Out.WriteLine $"    by {law}"

let private check (terminal: Terminal) (arguments: ParseResults<CheckArguments>) (content: string) =
    let expression = ScheduleSource.expression content

    let schedule =
        expression.Compile(Values.noise (arguments.TryGetResult CheckArguments.Noise))

    let steps =
        arguments.GetResult(CheckArguments.Steps, "10") |> Values.steps "--steps"

    terminal.Out.WriteLine(string schedule)

    terminal.Out.WriteLine
        $"{kind schedule} on {schedule.Noise}; in {steps} steps: {join (schedule.Timesteps steps |> Seq.map (show schedule.Noise))}"

    terminal.Out.WriteLine $"{SchedulePlot.Sparkline(schedule, 60)}  from step 1 to N, blocks from 1 to T"

    if arguments.Contains CheckArguments.Simplify then
        printSimplified terminal expression

    0

let private describe (terminal: Terminal) (arguments: ParseResults<DescribeArguments>) (content: string) =
    let expression = ScheduleSource.expression content

    let schedule =
        expression.Compile(Values.noise (arguments.TryGetResult DescribeArguments.Noise))

    let steps =
        arguments.GetResult(DescribeArguments.Steps, "1000") |> Values.steps "--steps"

    for preset in SchedulePresets.All do
        if preset.Expression = schedule.Expression then
            terminal.Out.WriteLine $"""{"preset", -11} {preset.Name} {preset.Version}: {preset.Description}"""

    terminal.Out.WriteLine(schedule.Describe steps)
    0

let run (terminal: Terminal) (arguments: ParseResults<ScheduleArguments>) =
    match arguments.TryGetSubCommand() with
    | Some(Table arguments) -> table terminal arguments
    | Some List -> list terminal
    | Some(Check arguments) -> pointing terminal (arguments.TryGetResult CheckArguments.Text) (check terminal arguments)
    | Some(Describe arguments) ->
        pointing terminal (arguments.TryGetResult DescribeArguments.Text) (describe terminal arguments)
    | Some(Fit arguments) -> ScheduleFit.run terminal arguments
    | Some(Convert arguments) -> ScheduleConvert.run terminal arguments
    | Some(Plot arguments) -> plot terminal arguments
    | None -> Fault.wrong "schedule needs a command; dreamtime schedule --help lists them"
