namespace DreamTime.Testing

open System
open System.Threading.Tasks
open Expecto
open Microsoft.Testing.Platform.Builder
open Microsoft.Testing.Platform.Capabilities.TestFramework

/// The entry point of every test project, F# or C#.
module Runner =
    let private underDotnetTest (arguments: string[]) =
        arguments
        |> Array.exists (fun a -> a.StartsWith "--dotnet-test-pipe" || a = "--server" || a = "--list-tests-mtp")

    let private onTestingPlatform (name: string) (tests: Test) (arguments: string[]) =
        task {
            let! builder = TestApplication.CreateBuilderAsync arguments

            builder.RegisterTestFramework(
                (fun _ -> TestFrameworkCapabilities()),
                (fun _ _ -> ExpectoAdapter(name, tests))
            )
            |> ignore

            use! application = builder.BuildAsync()
            return! application.RunAsync()
        }

    /// Runs `tests` under `dotnet test`, or with Expecto's own command line (`--filter`, `--list-tests` …) under `dotnet run`.
    let run (name: string) (tests: Test) (arguments: string[]) : int =
        if underDotnetTest arguments then
            (onTestingPlatform name tests arguments).GetAwaiter().GetResult()
        else
            runTestsWithCLIArgs [ CLIArguments.No_Spinner ] arguments tests

    /// A C# test: a name that states the expectation, and what checks it by throwing.
    let case (name: string, body: Action) : Test = testCase name (fun () -> body.Invoke())

    /// A C# test that awaits.
    let caseAsync (name: string, body: Func<Task>) : Test = testTask name { do! body.Invoke() }

    /// C# tests under one name.
    let list (name: string, tests: Test seq) : Test = testList name (List.ofSeq tests)
