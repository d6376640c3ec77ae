// The only gate, here and in CI: `dotnet fsi build.fsx` lists the targets, `dotnet fsi build.fsx check` runs everything.
open System
open System.Diagnostics
open System.IO
open System.IO.Compression
open System.Text.RegularExpressions

type Target = { Name: string; Needs: string list; Help: string; Run: unit -> unit }

Directory.SetCurrentDirectory __SOURCE_DIRECTORY__

let start (program: string) (arguments: string list) (echo: string -> unit) =
    let info =
        ProcessStartInfo(program, RedirectStandardOutput = true, UseShellExecute = false)

    arguments |> List.iter info.ArgumentList.Add
    use child = Process.Start info

    let rec read () =
        match child.StandardOutput.ReadLine() with
        | null -> ()
        | line ->
            echo line
            read ()

    read ()
    child.WaitForExit()
    child.ExitCode

let run (program: string) (arguments: string list) =
    let line = String.Join(" ", program :: arguments)
    printfn "> %s" line

    match start program arguments (printfn "%s") with
    | 0 -> ()
    | code -> failwith $"`{line}` ended with exit code {code}"

let fsharpFolders = [ "Schedules"; "src"; "tests"; "examples"; "build.fsx" ]

let csharpProjects () =
    Directory.EnumerateFiles(".", "*.csproj", SearchOption.AllDirectories) |> Seq.sort |> List.ofSeq

/// What `dotnet test` says at its end, added up over all test projects.
type Tally = { Passed: int; Failed: int; Skipped: int }

let mutable tally = { Passed = 0; Failed = 0; Skipped = 0 }

let test () =
    let arguments = [ "test"; "-c"; "Release"; "--no-progress" ]
    printfn "> dotnet %s" (String.Join(" ", arguments))

    let count (line: string) =
        printfn "%s" line
        let found = Regex.Match(line, @"^\s*(failed|succeeded|skipped): (\d+)\s*$")

        if found.Success then
            let number = int found.Groups[2].Value

            match found.Groups[1].Value with
            | "failed" -> tally <- { tally with Failed = number }
            | "succeeded" -> tally <- { tally with Passed = number }
            | _ -> tally <- { tally with Skipped = number }

    let code = start "dotnet" arguments count

    if tally.Passed + tally.Failed = 0 then
        failwith "`dotnet test` ran no test"

    if code <> 0 then
        failwith $"{tally.Failed} of {tally.Passed + tally.Failed} tests failed"

/// Every script of examples/ and the C# programs run to their end, in a scratch folder, as a newcomer would run them, but for the number of steps.
let examples () =
    let scratch = Directory.CreateTempSubdirectory("dreamtime-examples-").FullName
    Environment.SetEnvironmentVariable("DREAMTIME_EXAMPLES_OUT", scratch)
    Environment.SetEnvironmentVariable("DREAMTIME_EXAMPLES_STEPS", "20")

    for script in Directory.EnumerateFiles("examples", "*.fsx") |> Seq.sort do
        run "dotnet" [ "fsi"; script ]

    for program in [ "examples/CSharp"; "examples/CSharp.Schedules" ] do
        run "dotnet" [ "run"; "-c"; "Release"; "--no-build"; "--project"; program ]

    Directory.Delete(scratch, true)

/// The package and what its nuspec says it depends on: FSharp.Core alone.
let pack () =
    let folder = "out/packages"
    let project = "Schedules/DreamTime.Schedules"
    run "dotnet" [ "pack"; "-c"; "Release"; "--no-build"; project; "-o"; folder ]

    let package =
        Directory.EnumerateFiles(folder, "DreamTime.Schedules.*.nupkg") |> Seq.max

    use archive = ZipFile.OpenRead package
    let entry = archive.Entries |> Seq.find (fun entry -> entry.Name.EndsWith ".nuspec")
    use reader = new StreamReader(entry.Open())

    let dependencies = [
        for found in Regex.Matches(reader.ReadToEnd(), "<dependency id=\"([^\"]*)\" version=\"([^\"]*)\"") ->
            found.Groups[1].Value, found.Groups[2].Value
    ]

    printfn "%s depends on %A" package dependencies

    match dependencies with
    | [ "FSharp.Core", version ] when not (version.StartsWith '[') -> ()
    | other -> failwith $"the package may depend on FSharp.Core alone, from a version on, but depends on %A{other}"

let targets = [
    {
        Name = "build"
        Needs = []
        Help = "compile everything, warnings are errors"
        Run = fun () -> run "dotnet" [ "build"; "-c"; "Release"; "DreamTime.Fs.sln" ]
    }
    {
        Name = "format"
        Needs = [ "build" ]
        Help = "rewrite all sources with fantomas and dotnet format"
        Run =
            fun () ->
                run "dotnet" ("fantomas" :: fsharpFolders)

                for project in csharpProjects () do
                    run "dotnet" [ "format"; "whitespace"; project; "--no-restore" ]
    }
    {
        Name = "format-check"
        Needs = [ "build" ]
        Help = "fail where `format` would change something"
        Run =
            fun () ->
                run "dotnet" ("fantomas" :: "--check" :: fsharpFolders)

                for project in csharpProjects () do
                    run "dotnet" [ "format"; "whitespace"; project; "--no-restore"; "--verify-no-changes" ]
    }
    {
        Name = "test"
        Needs = []
        Help = "dotnet test -c Release: all test projects"
        Run = test
    }
    {
        Name = "examples"
        Needs = [ "build" ]
        Help = "run every F# script and C# program of examples/"
        Run = examples
    }
    {
        Name = "pack"
        Needs = [ "build" ]
        Help = "packages of the libraries that stand alone, into out/packages"
        Run = pack
    }
    {
        Name = "ptx"
        Needs = [ "build" ]
        Help = "compile the CUDA kernels again, with clang-19; the texts are committed"
        Run =
            fun () ->
                run "dotnet" [
                    "run"
                    "-c"
                    "Release"
                    "--no-build"
                    "--project"
                    "tests/DreamTime.CudaProof"
                    "--"
                    "--compile"
                    "Renderers/DreamTime.Renderers.Cuda"
                ]
    }
    {
        Name = "proof-kit"
        Needs = []
        Help = "one file that proves and times the CUDA kernels on any machine with a GPU, into out/proof"
        Run = fun () -> run "dotnet" [ "publish"; "-c"; "Release"; "tests/DreamTime.CudaProof"; "-o"; "out/proof" ]
    }
    {
        Name = "check"
        Needs = [ "build"; "format-check"; "test"; "examples" ]
        Help = "the gate: build, format-check, test, examples"
        Run = ignore
    }
    {
        Name = "bench"
        Needs = [ "build" ]
        Help = "benchmarks, printed as ratios in one run (minutes)"
        Run =
            fun () ->
                run "dotnet" [
                    "run"
                    "-c"
                    "Release"
                    "--no-build"
                    "--project"
                    "tests/DreamTime.Benchmarks"
                    "--"
                    "--filter"
                    "*"
                ]
    }
]

let find name =
    match targets |> List.tryFind (fun target -> target.Name = name) with
    | Some target -> target
    | None ->
        let known = String.Join(", ", targets |> List.map (fun target -> target.Name))
        failwith $"there is no target '{name}'; the targets are {known}"

let rec go (finished: string list) name =
    if List.contains name finished then
        finished
    else
        let target = find name
        let finished = List.fold go finished target.Needs
        printfn "== %s" name
        target.Run()
        finished @ [ name ]

let code =
    match fsi.CommandLineArgs |> Array.skip 1 |> Array.filter (fun a -> a <> "--") |> List.ofArray with
    | [] ->
        printfn "dotnet fsi build.fsx TARGET"

        for target in targets do
            printfn "  %-14s%s" target.Name target.Help

        0
    | names ->
        try
            List.fold go [] names |> ignore
            0
        with e ->
            eprintfn "build failed: %s" e.Message
            1

// One line that sums all test projects, last, also when something failed.
if tally.Passed + tally.Failed > 0 then
    let skipped = if tally.Skipped > 0 then $", {tally.Skipped} skipped" else ""
    printfn "%d passed, %d failed%s" tally.Passed tally.Failed skipped

exit code
