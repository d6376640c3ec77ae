/// The pages of docs/schedules: every block goes through the parser and prints what the page says.
module DreamTime.Schedules.Tests.Documentation

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Expecto
open DreamTime.Schedules

let private folder = "docs/schedules"

let private short (value: float) =
    value.ToString("G6", CultureInfo.InvariantCulture)

let private noiseOf name =
    match name with
    | "sd" -> NoiseSchedule.StableDiffusion
    | "if" -> NoiseSchedule.DeepFloydIf
    | "ddpm" -> NoiseSchedule.Ddpm
    | "zsnr" -> NoiseSchedule.StableDiffusion.RescaledToZeroTerminalSnr()
    | "flow" -> NoiseSchedule.Flow(1000, 1.0)
    | "flow:3" -> NoiseSchedule.Flow(1000, 3.0)
    | other -> failtest $"no noise is called {other}"

/// A fenced block: what it is of, its options, its lines.
type private Block = {
    Kind: string
    Options: Map<string, string>
    Lines: string list
} with

    member block.Noise =
        block.Options.TryFind "noise" |> Option.defaultValue "sd" |> noiseOf

    member block.Steps = block.Options.TryFind "steps" |> Option.defaultValue "10" |> int

    /// All but the last line, which holds what is printed.
    member block.Text = String.Join("\n", List.take (block.Lines.Length - 1) block.Lines)

let private steps (block: Block) =
    let schedule = (ScheduleExpression.Parse block.Text).Compile block.Noise

    let show step =
        let t =
            if schedule.Noise.IsFlow then
                short (schedule.TimeAt(step, block.Steps))
            else
                string (schedule.TimestepAt(step, block.Steps))

        match schedule.SecondTimestepAt(step, block.Steps) with
        | second when second.HasValue -> $"{t}/{second.Value}"
        | _ -> t

    String.Join(" ", [ for step in 1 .. block.Steps -> show step ])

let private values (block: Block) =
    let weight = Weights.Parse block.Text

    String.Join(
        " ",
        [ for t in [ 1; 250; 500; 750; 1000 ] -> short (Weight.eval block.Noise (t * 1<timestep>) weight) ]
    )

let private numbers (block: Block) =
    let schedule = ScalarSchedule.Parse block.Text
    String.Join(" ", [ for step in 1..10 -> short (schedule.ValueAt(step, 10)) ])

let private mistake (block: Block) =
    match Schedule.parse block.Text with
    | Error error -> string error
    | Ok expression ->
        match Schedule.tryCompile block.Noise expression with
        | Error error -> string error
        | Ok _ -> failtest $"'{block.Text}' is not refused"

let private canonical (line: string) =
    let text = line.Split(" => ")[0]

    match string (ScheduleExpression.Parse text) with
    | same when same = text -> text
    | other -> $"{text} => {other}"

/// The block as it should be.
let private printed (block: Block) =
    let withLast print =
        List.take (block.Lines.Length - 1) block.Lines @ [ print block ]

    match block.Kind with
    | "schedule" -> withLast steps
    | "weight" -> withLast values
    | "numbers" -> withLast numbers
    | "error" -> withLast mistake
    | "reads" -> List.map canonical block.Lines
    | _ -> block.Lines

let private fence =
    Regex(@"^```(?<kind>\w+)(?<options>[^\n]*)\n(?<body>.*?)^```$", RegexOptions.Multiline ||| RegexOptions.Singleline)

let private blockOf (found: Match) = {
    Kind = found.Groups["kind"].Value
    Options =
        Map [
            for option in found.Groups["options"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ->
                option.Split('=')[0], option.Split('=')[1]
        ]
    Lines = found.Groups["body"].Value.TrimEnd('\n').Split '\n' |> List.ofArray
}

let private pages =
    Directory.EnumerateFiles(Path.Combine(Accepted.root, folder), "*.md")
    |> Seq.map (fun path -> string (Path.GetFileName path))
    |> Seq.filter ((<>) "presets.md")
    |> Seq.sort
    |> List.ofSeq

let private read page =
    (File.ReadAllText(Path.Combine(Accepted.root, folder, page))).ReplaceLineEndings "\n"

let private filter = "Schedules.documentation"

/// The page of presets, all of it.
let private presets () =
    let row (preset: SchedulePreset) = [
        $"## `{preset.Name}` {preset.Version}"
        $"{preset.Description}."
        ""
        "```schedule"
        string preset.Expression
        match Schedule.tryCompile NoiseSchedule.StableDiffusion preset.Expression with
        | Ok _ ->
            steps {
                Kind = "schedule"
                Options = Map.empty
                Lines = [ string preset.Expression; "" ]
            }
        | Error error -> string error
        "```"
        ""
    ]

    [
        "# Presets"
        ""
        "The published rules by name, written in the language; a name stands wherever a schedule does. The second line of a block holds the timesteps of 10 steps on"
        "Stable Diffusion's noise, of draws those of seed 0. All numbers are the paper's t, one more than the index that implementations write."
        "Generated from the library's table by the tests."
        ""
        yield! SchedulePresets.All |> Seq.collect row
    ]
    |> String.concat "\n"

let tests =
    testList "documentation" [
        for page in pages do
            test page {
                let text = read page
                Expect.isFalse (text.Contains '\t') "no tabs"

                let renew (found: Match) =
                    let block = blockOf found
                    let body = String.Join("\n", printed block)
                    let options = found.Groups["options"].Value
                    $"```{block.Kind}{options}\n{body}\n```"

                fence.Replace(text, renew) |> Accepted.compare $"{folder}/{page}" $"{filter}.{page}"
            }

        test "presets.md" { presets () |> Accepted.compare $"{folder}/presets.md" $"{filter}.presets.md" }

        test "the grammar's page has an example of every word" {
            let shown =
                [
                    for found in fence.Matches(read "grammar.md") do
                        let block = blockOf found

                        if block.Kind = "reads" then
                            yield! block.Lines
                ]
                |> Seq.collect Token.cut
                |> Seq.map _.Text
                |> Set.ofSeq

            Expect.isEmpty
                (Set.ofList Vocabulary.words - Set.ofList PresetTable.names - shown)
                "words without an example"
        }

        test "every word has a reference with numbers" {
            let headings =
                [ "weights.md"; "schedules.md" ]
                |> List.collect (read >> fun text -> List.ofArray (text.Split '\n'))
                |> List.filter (fun line -> line.StartsWith "### ")
                |> String.concat "\n"

            for word in Vocabulary.words do
                if not (List.contains word PresetTable.names) && word <> "step" then
                    Expect.isTrue (Regex.IsMatch(headings, $@"`{word}\b")) $"a heading for '{word}'"
        }
    ]
