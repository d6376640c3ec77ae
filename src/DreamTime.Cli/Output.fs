/// Where results go: looked at before any work, so that a long run does not fail at its last line.
module DreamTime.Cli.Output

open System
open System.IO

let private absolute (option: string) (path: string) =
    if String.IsNullOrWhiteSpace path then
        Fault.wrong $"{option} is empty"

    try
        Path.GetFullPath path
    with :? ArgumentException as error ->
        Fault.wrong $"{option} {Fault.quote path} is no path: {error.Message}"

/// Creates the folder where it is missing, and writes to it once.
let private probe (option: string) (folder: string) =
    try
        Directory.CreateDirectory folder |> ignore
        let trial = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp")

        use _created =
            new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)

        ()
    with
    | :? IOException
    | :? UnauthorizedAccessException as error ->
        Fault.world $"cannot write to the folder of {option}, {Fault.quote folder}: {error.Message}"

/// Asks the file system whether it takes the name at all: too long a one would be refused only when the file is written.
let private checkName (option: string) (full: string) =
    try
        File.GetAttributes full |> ignore
    with
    | :? FileNotFoundException
    | :? DirectoryNotFoundException -> ()
    | :? PathTooLongException -> Fault.world $"{option} {Fault.quote full} is too long a path for this file system"

/// A file that can be written, with one of these endings; an older one is replaced when the new one is complete.
let file (option: string) (endings: string list) (path: string) =
    let full = absolute option path

    if
        not (List.exists (fun (ending: string) -> full.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) endings)
    then
        Fault.wrong $"""{option} must end in {String.Join(" or ", endings)}, but was {Fault.quote path}"""

    if Directory.Exists full then
        Fault.world $"{option} {Fault.quote path} is a folder"

    checkName option full
    probe option (Path.GetDirectoryName full |> Option.ofObj |> Option.defaultValue "/")
    full

/// A folder that can be written.
let folder (option: string) (path: string) =
    let full = absolute option path

    if File.Exists full then
        Fault.world $"{option} {Fault.quote path} is a file; a folder is needed"

    probe option full
    full
