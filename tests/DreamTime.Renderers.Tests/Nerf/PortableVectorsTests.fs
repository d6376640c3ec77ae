module DreamTime.Renderers.Tests.PortableVectorsTests

open System.Diagnostics
open System.Runtime.Intrinsics.X86
open Expecto

/// The vector kernels' tests in a process of their own, whose just-in-time compiler may not use AVX2 and FMA: what other processors run.
let private withoutAvx2 () =
    let start =
        ProcessStartInfo(
            "dotnet",
            [
                System.Reflection.Assembly.GetExecutingAssembly().Location
                "--no-spinner"
                "--colours"
                "0"
                "--filter-test-list"
                "vectors"
            ],
            RedirectStandardOutput = true,
            RedirectStandardError = true
        )

    start.Environment["DOTNET_EnableAVX2"] <- "0"
    use child = Process.Start start |> nonNull
    let errors = child.StandardError.ReadToEndAsync()
    let output = child.StandardOutput.ReadToEnd()
    child.WaitForExit()
    child.ExitCode, output + errors.Result

let tests =
    testList "NeRF without AVX2" [
        testCase "the vector kernels pass the same tests"
        <| fun () ->
            if not Avx2.IsSupported then
                skiptest "this process runs without AVX2 already"

            let exitCode, output = withoutAvx2 ()
            Expect.equal exitCode 0 output
            Expect.isFalse (output.Contains " 0 tests run") $"the filter finds the tests: {output}"
    ]
