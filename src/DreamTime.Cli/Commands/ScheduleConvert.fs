/// `schedule convert`: between the language, its JSON form, and other programs' lists.
module DreamTime.Cli.Commands.ScheduleConvert

open System
open System.Globalization
open Argu
open DreamTime.Cli
open DreamTime.Schedules

/// What was read.
type private Content =
    | Timesteps of ScheduleExpression
    | Numbers of ScalarSchedule
    /// Noise levels that a formula or a paper gives.
    | Levels of float[]

let private list (items: string seq) =
    let joined = String.Join(", ", items)
    $"[{joined}]"

let private show (value: float) =
    value.ToString("R", CultureInfo.InvariantCulture)

let private numberOption name (text: string option) =
    text |> Option.map (Values.number Double.Epsilon Double.MaxValue name)

let private steps (arguments: ParseResults<ConvertArguments>) =
    arguments.TryGetResult ConvertArguments.Steps |> Option.map (Values.steps "--steps")

let private neededSteps meaning arguments =
    steps arguments |> Option.defaultWith (fun () -> Fault.wrong $"--steps is missing: {meaning}")

/// The texts that a form needs, so many of them.
let private texts (arguments: ParseResults<ConvertArguments>) =
    arguments.GetResults ConvertArguments.Texts |> List.concat |> List.map ScheduleSource.read

let private one meaning arguments =
    match texts arguments with
    | [ text ] -> text
    | given -> Fault.wrong $"one text is needed, {meaning}, but {given.Length} were given"

let private none form arguments =
    if not (texts arguments).IsEmpty then
        Fault.wrong $"--from {form} makes its list from --steps, --noise and its options; no text is read"

let private levels form (make: int -> float -> float -> float -> float[]) defaultRho arguments noise =
    none form arguments
    let count = neededSteps "how many noise levels the list has" arguments

    let lowest =
        arguments.TryGetResult ConvertArguments.Sigma_Min
        |> numberOption "--sigma-min"
        |> Option.defaultWith (fun () -> SigmaList.Lowest noise)

    let highest =
        arguments.TryGetResult ConvertArguments.Sigma_Max
        |> numberOption "--sigma-max"
        |> Option.defaultWith (fun () -> SigmaList.Highest noise)

    let rho =
        arguments.TryGetResult ConvertArguments.Rho
        |> numberOption "--rho"
        |> Option.defaultValue defaultRho

    Levels(make count lowest highest rho)

let private threestudio (arguments: ParseResults<ConvertArguments>) (noise: NoiseSchedule) =
    let isExponential =
        arguments.GetResult(ConvertArguments.Interpolation, Interpolation.Linear) = Interpolation.Exp

    match texts arguments with
    | [ numbers ] -> Numbers(ThreestudioList.ToNumbers(numbers, isExponential))
    | [ _; _ ] when isExponential ->
        Fault.wrong "--interpolation exp is for a list of numbers; shares of T go straight in threestudio"
    | [ smallest; largest ] -> Timesteps(ThreestudioList.ToTimesteps(smallest, largest, noise.Timesteps))
    | given ->
        Fault.wrong
            $"--from threestudio reads one list of numbers, or two, min_step_percent and max_step_percent, but {given.Length} were given"

let private read (arguments: ParseResults<ConvertArguments>) (toForm: OutputForm) noise =
    let ofLanguage (content: string) =
        if toForm = OutputForm.Threestudio || arguments.Contains ConvertArguments.Numbers then
            Numbers(ScheduleSource.numbers content)
        else
            Timesteps(ScheduleSource.expression content)

    match arguments.GetResult(ConvertArguments.From, InputForm.Text) with
    | InputForm.Text -> one "a schedule" arguments |> ofLanguage
    | InputForm.Json ->
        let content = one "the JSON form of a schedule" arguments

        if not (ScheduleSource.isJson content) then
            Fault.wrong $"--from json reads an object, but found {Fault.quote content}"

        ofLanguage content
    | InputForm.Threestudio -> threestudio arguments noise
    | InputForm.Sigmas -> one "a list of noise levels" arguments |> SigmaList.Parse |> Timesteps
    | InputForm.Indices -> one "a list of diffusers' timesteps" arguments |> TimestepIndices.Parse |> Timesteps
    | InputForm.Karras ->
        levels "karras" (fun count low high rho -> SigmaList.Karras(count, low, high, rho)) 7.0 arguments noise
    | InputForm.Exponential ->
        levels "exponential" (fun count low high _ -> SigmaList.Exponential(count, low, high)) 1.0 arguments noise
    | InputForm.Polyexponential ->
        levels
            "polyexponential"
            (fun count low high rho -> SigmaList.Polyexponential(count, low, high, rho))
            1.0
            arguments
            noise
    | InputForm.Ays ->
        let model = one "a model of Align Your Steps" arguments

        match steps arguments with
        | Some count -> Levels(AlignYourSteps.Sigmas(model, count))
        | None -> Levels(AlignYourSteps.Sigmas model)

let private write (arguments: ParseResults<ConvertArguments>) (toForm: OutputForm) noise content =
    let run (expression: ScheduleExpression) =
        expression.Compile noise, neededSteps "how many steps the list has" arguments

    match toForm, content with
    | OutputForm.Text, Timesteps expression -> string expression
    | OutputForm.Text, Numbers numbers -> string numbers
    | OutputForm.Text, Levels levels -> string (ScheduleExpression.Sigmas levels)
    | OutputForm.Json, Timesteps expression -> expression.ToJson()
    | OutputForm.Json, Numbers numbers -> numbers.ToJson()
    | OutputForm.Json, Levels levels -> (ScheduleExpression.Sigmas levels).ToJson()
    | OutputForm.Sigmas, Levels levels -> levels |> Seq.map show |> list
    | OutputForm.Sigmas, Timesteps expression -> SigmaList.OfSchedule(run expression) |> Seq.map show |> list
    | OutputForm.Indices, Timesteps expression -> TimestepIndices.OfSchedule(run expression) |> Seq.map string |> list
    | OutputForm.Indices, Levels levels ->
        let schedule = (ScheduleExpression.Sigmas levels).Compile noise
        TimestepIndices.OfSchedule(schedule, levels.Length) |> Seq.map string |> list
    | OutputForm.Threestudio, Numbers numbers ->
        ThreestudioList.OfNumbers(numbers, neededSteps "how many steps the run has, which shares are of" arguments)
    | OutputForm.Threestudio, _ ->
        Fault.wrong "threestudio's lists hold numbers; sigmas and timesteps are no schedule of numbers"
    | (OutputForm.Sigmas | OutputForm.Indices), Numbers _ ->
        Fault.wrong "a schedule of numbers has no timesteps; --to text, json and threestudio can say it"

let run (terminal: Terminal) (arguments: ParseResults<ConvertArguments>) =
    let noise = Values.noise (arguments.TryGetResult ConvertArguments.Noise)
    let toForm = arguments.GetResult(ConvertArguments.To, OutputForm.Text)
    terminal.Out.WriteLine(read arguments toForm noise |> write arguments toForm noise)
    0
