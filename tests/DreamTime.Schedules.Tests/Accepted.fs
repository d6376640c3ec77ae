/// Files of the repository that tests generate and compare.
module DreamTime.Schedules.Tests.Accepted

open System
open System.IO
open Expecto

/// The repository that holds the running test.
let root =
    let holds (folder: string) =
        File.Exists(Path.Combine(folder, "DreamTime.Fs.sln"))

    let rec up (folder: string) =
        match Path.GetDirectoryName folder with
        | _ when holds folder -> folder
        | null -> failwith $"no DreamTime.Fs.sln above {AppContext.BaseDirectory}"
        | parent -> up parent

    up (Path.TrimEndingDirectorySeparator AppContext.BaseDirectory)

let private isAccepting =
    not (String.IsNullOrEmpty(Environment.GetEnvironmentVariable "DREAMTIME_ACCEPT"))

let private lines (text: string) =
    text.ReplaceLineEndings("\n").Split '\n'

/// The file holds the text; where it does not, the message shows both, and how a wanted change is accepted.
let compare (file: string) (filter: string) (actual: string) =
    let path = Path.Combine(root, file)
    let before = if File.Exists path then File.ReadAllText path else ""

    if before.ReplaceLineEndings "\n" <> actual then
        if isAccepting then
            File.WriteAllText(path, actual)
        else
            let gone = lines before |> Array.except (lines actual) |> Array.map (sprintf "- %s")
            let come = lines actual |> Array.except (lines before) |> Array.map (sprintf "+ %s")
            let difference = String.Join("\n", Seq.truncate 40 (Seq.append gone come))

            failtest
                $"{file} is not what is there now:\n{difference}\nIf the change is wanted: DREAMTIME_ACCEPT=1 dotnet run -c Release --project tests/DreamTime.Schedules.Tests -- --filter {filter}"
