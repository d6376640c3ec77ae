/// The command line before and after Argu: `--name=value`, `-h`, `help`, text after `--`, and errors that name the nearest known word.
module DreamTime.Cli.CommandLine

open System
open System.Text.RegularExpressions
open Argu

let private name = "dreamtime"

let private parser =
    ArgumentParser.Create<Arguments>(programName = name, usageStringCharacterWidth = 100)

// No argument of a process can hold a NUL, so it marks the words after `--` as text, whatever they look like.
let private mark = "\000"

/// A word as the user wrote it.
let text (word: string) =
    if word.StartsWith mark then word.Substring 1 else word

let private looksLikeOption (word: string) =
    Regex.IsMatch(word, "^--?[A-Za-z][A-Za-z0-9-]*$")

let private prepare (words: string list) =
    let split (word: string) =
        match Regex.Match(word, "^(--[A-Za-z][A-Za-z-]*)=(.*)$", RegexOptions.Singleline) with
        | m when m.Success -> [ m.Groups[1].Value; m.Groups[2].Value ]
        | _ when word = "-h" -> [ "--help" ]
        | _ -> [ word ]

    let options, texts =
        match List.tryFindIndex ((=) "--") words with
        | Some index -> List.take index words, List.skip (index + 1) words
        | None -> words, []

    let options =
        match options with
        | "help" :: rest -> rest @ [ "--help" ]
        | _ -> options

    List.collect split options @ List.map (fun word -> mark + word) texts

/// A command: the words that name it, what Argu knows of its options, and the commands below it.
type private Command = { Path: string; Cases: ArgumentCaseInfo list; Below: ArgumentParser list }

let private names (case: ArgumentCaseInfo) = case.CommandLineNames.Value

let private isCommand (case: ArgumentCaseInfo) =
    case.ArgumentType = ArgumentType.SubCommand

let private valuesOf (case: ArgumentCaseInfo) =
    if isCommand case || case.IsMainCommand then
        0
    else
        case.UnionCaseInfo.GetFields().Length

let private root = {
    Path = name
    Cases = parser.GetArgumentCases()
    Below = parser.GetSubCommandParsers()
}

/// Options that every command has.
let private inherited = [ "--help"; "--verbose" ]

let rec private check (command: Command) (words: string list) =
    let options = command.Cases |> List.filter (isCommand >> not) |> List.collect names
    let commands = command.Cases |> List.filter isCommand |> List.collect names

    let unknown kind known (word: string) =
        let dash =
            if word.StartsWith '-' && commands.IsEmpty then
                ", and text that begins with a dash goes after --"
            else
                ""

        Fault.wrong
            $"unknown {kind} {Fault.quote word}{Suggestion.hint known word} ({command.Path} --help lists them{dash})"

    match words with
    | [] -> ()
    | word :: rest ->
        match command.Cases |> List.tryFind (fun case -> List.contains word (names case)) with
        | Some case when isCommand case -> check (below command word) rest
        | Some case -> check command (List.skip (min (valuesOf case) rest.Length) rest)
        | None when List.contains word inherited -> check command rest
        | None when looksLikeOption word -> unknown "option" (options @ inherited) word
        | None when commands.IsEmpty -> check command rest
        | None -> unknown "command" commands (text word)

and private below command word =
    let path = $"{command.Path} {word}"

    match
        command.Below
        |> List.tryFind (fun parser -> parser.ParentInfo |> Option.exists (fun p -> p.Name.Value = word))
    with
    | Some parser -> {
        Path = path
        Cases = parser.GetArgumentCases()
        Below = parser.GetSubCommandParsers()
      }
    | None -> { Path = path; Cases = []; Below = [] }

/// Help is asked for, or the options of a command are there.
type Parsed =
    | Help of usage: string
    | Run of ParseResults<Arguments>

let usage () = parser.PrintUsage()

/// Argu's complaint, without its usage text, as our one line.
let fault (error: ArguParseException) =
    let line =
        Regex.Match(error.Message, @"^(?:ERROR: )?(.*?)\.?(?:\n|$)").Groups[1].Value.Replace(mark, "")

    match Regex.Match(line, "^unrecognized argument: (.*)$") with
    | m when m.Success -> WrongRequest $"unexpected {m.Groups[1].Value}; a text of several words stands in quotes"
    | _ -> WrongRequest line

let parse (arguments: string[]) =
    let words = prepare (List.ofArray arguments)

    if not (List.contains "--help" words) then
        check root words

    try
        Run(parser.ParseCommandLine(Array.ofList words, raiseOnUsage = true))
    with :? ArguParseException as error ->
        if error.ErrorCode = ErrorCode.HelpText then
            Help error.Message
        else
            raise (FaultException(fault error))
