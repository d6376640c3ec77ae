namespace DreamTime.Testing

open System
open System.Threading.Tasks
open Expecto
open Expecto.Impl
open Microsoft.Testing.Platform.Capabilities.TestFramework
open Microsoft.Testing.Platform.Extensions
open Microsoft.Testing.Platform.Extensions.Messages
open Microsoft.Testing.Platform.Extensions.TestFramework
open Microsoft.Testing.Platform.Requests

/// Shows Expecto's tests to Microsoft.Testing.Platform, so that `dotnet test` runs them: without an adapter it runs nothing and says success.
type ExpectoAdapter(name: string, tests: Test) =
    let separator = "." // what Expecto's printers join names with
    let nameOf (test: FlatTest) = test.fullName separator

    let node (state: TestNodeStateProperty) (title: string) =
        let properties = PropertyBag()
        properties.Add state
        TestNode(Uid = TestNodeUid title, DisplayName = title, Properties = properties)

    let publish (source: IDataProducer) (context: ExecuteRequestContext) (node: TestNode) =
        let message = TestNodeUpdateMessage(context.Request.Session.SessionUid, node)
        context.MessageBus.PublishAsync(source, message)

    let chosen (filter: ITestExecutionFilter) =
        match filter with
        | :? TestNodeUidListFilter as list ->
            let wanted = list.TestNodeUids |> Seq.map _.Value |> Set.ofSeq
            fun title -> wanted.Contains title
        | _ -> fun _ -> true

    let run (source: IDataProducer) (context: ExecuteRequestContext) (filter: ITestExecutionFilter) =
        task {
            let wanted = chosen filter

            let report state title =
                async { do! publish source context (node state title) |> Async.AwaitTask }

            let printer = {
                TestPrinters.silent with
                    beforeEach = fun title _ -> report InProgressTestNodeStateProperty.CachedInstance title
                    passed = fun title _ -> report PassedTestNodeStateProperty.CachedInstance title
                    ignored = fun title reason -> report (SkippedTestNodeStateProperty reason) title
                    failed = fun title message _ -> report (FailedTestNodeStateProperty message) title
                    exn = fun title error _ -> report (ErrorTestNodeStateProperty(error, error.Message)) title
            }

            let selected =
                tests |> Test.filter separator (fun names -> wanted (String.Join(separator, names)))

            let arguments = [ CLIArguments.Printer printer; CLIArguments.No_Spinner; CLIArguments.Colours 0 ]

            let! _ =
                Task.Run(fun () -> runTestsWithCLIArgsAndCancel context.CancellationToken arguments [||] selected)

            ()
        }

    interface IExtension with
        member _.Uid = "DreamTime.Testing.Expecto"
        member _.Version = "1.0.0"
        member _.DisplayName = $"Expecto ({name})"
        member _.Description = "Runs Expecto tests on Microsoft.Testing.Platform"
        member _.IsEnabledAsync() = Task.FromResult true

    interface IDataProducer with
        member _.DataTypesProduced = [| typeof<TestNodeUpdateMessage> |]

    interface ITestFramework with
        member _.CreateTestSessionAsync _ =
            Task.FromResult(CreateTestSessionResult(IsSuccess = true))

        member _.CloseTestSessionAsync _ =
            Task.FromResult(CloseTestSessionResult(IsSuccess = true))

        member this.ExecuteRequestAsync context =
            task {
                match context.Request with
                | :? DiscoverTestExecutionRequest ->
                    for test in Test.toTestCodeList tests do
                        do! publish this context (node DiscoveredTestNodeStateProperty.CachedInstance (nameOf test))
                | :? RunTestExecutionRequest as request -> do! run this context request.Filter
                | other -> invalidOp $"unknown test request {other.GetType().Name}"

                context.Complete()
            }
