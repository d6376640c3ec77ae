module DreamTime.Tests.ArchitectureTests

open System
open System.IO
open System.Xml.Linq
open Expecto

/// The repository that holds the running test.
let private root =
    let holds (folder: string) =
        File.Exists(Path.Combine(folder, "DreamTime.Fs.sln"))

    let rec up (folder: string) =
        match Path.GetDirectoryName folder with
        | _ when holds folder -> folder
        | null -> failwith $"no DreamTime.Fs.sln above {AppContext.BaseDirectory}"
        | parent -> up parent

    up (Path.TrimEndingDirectorySeparator AppContext.BaseDirectory)

/// Who may reference whom. References go one way, and only the command line sees what the embedded prior was trained on.
let private allowed =
    Map [
        "DreamTime.Schedules", []
        "DreamTime.Renderers", [ "DreamTime.Schedules" ]
        "DreamTime.Renderers.Cuda", [ "DreamTime.Renderers" ]
        "DreamTime.Diffusion", [ "DreamTime.Schedules" ]
        "DreamTime", [ "DreamTime.Schedules"; "DreamTime.Renderers"; "DreamTime.Renderers.Cuda"; "DreamTime.Diffusion" ]
        "DreamTime.Training", [ "DreamTime.Schedules"; "DreamTime.Renderers"; "DreamTime.Diffusion" ]
        "DreamTime.Cli", [ "DreamTime"; "DreamTime.Training" ]
    ]

let private fileName (path: string) =
    string (Path.GetFileNameWithoutExtension path)

let private referencesOf (project: string) =
    XDocument.Load(project).Descendants()
    |> Seq.filter (fun element -> element.Name.LocalName = "ProjectReference")
    |> Seq.collect (fun element -> element.Attributes(XName.Get "Include"))
    |> Seq.map (fun path -> fileName (path.Value.Replace('\\', '/')))
    |> Set.ofSeq

let private products =
    [ "Schedules"; "Renderers"; "src" ]
    |> List.collect (fun folder ->
        Directory.EnumerateFiles(Path.Combine(root, folder), "*.*proj", SearchOption.AllDirectories)
        |> List.ofSeq)

let tests =
    testList "Architecture" [
        test "every product project has its place" {
            let names = products |> List.map fileName |> Set.ofList
            Expect.equal names (allowed |> Map.keys |> Set.ofSeq) "the projects below Schedules, Renderers and src"
        }

        test "references go one way" {
            for project in products do
                let name = fileName project
                let beyond = referencesOf project - Set.ofList allowed[name]
                Expect.isEmpty beyond $"{name} references what it must not see"
        }

        test "no committed text names a package registry" {
            let tracked =
                [ "paket.dependencies"; "paket.lock"; ".paket/Feed.proj"; "README.md"; "CONTRIBUTING.md" ]
                |> List.map (fun name -> Path.Combine(root, name))
                |> List.filter File.Exists

            let registries = [ "nuget" + ".org"; "npm" + "js" ]

            for file in tracked do
                let text = File.ReadAllText file

                for registry in registries do
                    Expect.isFalse (text.Contains registry) $"{file} names {registry}"
        }

        test "the README's snippets stand in examples/, which CI runs" {
            let readme = File.ReadAllText(Path.Combine(root, "README.md"))

            for file, key in
                [ "examples/01-first-schedule.fsx", "first-schedule"; "examples/CSharp/Program.cs", "text-to-3d" ] do
                let text = File.ReadAllText(Path.Combine(root, file))
                let first = text.IndexOf $"// <{key}>" + $"// <{key}>".Length
                let snippet = text.Substring(first, text.IndexOf $"// </{key}>" - first).Trim()
                Expect.stringContains readme snippet $"the snippet {key} of {file}"
        }
    ]
