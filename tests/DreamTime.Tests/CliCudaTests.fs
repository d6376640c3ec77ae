/// The command line beside NVIDIA's driver: a fake one, which runs the kernels on this processor and fails on demand.
module DreamTime.Tests.CliCudaTests

open System
open System.IO
open Expecto
open DreamTime.CudaProof
open DreamTime.Tests

let private project =
    let rec up (folder: string) =
        if File.Exists(Path.Combine(folder, "DreamTime.Fs.sln")) then
            folder
        else
            up (Path.GetDirectoryName folder |> nonNull)

    up AppContext.BaseDirectory

let private driver =
    Path.Combine(project, "tests", "DreamTime.CudaProof", "FakeDriver", "libcuda.cpp")

let private kernels =
    Path.Combine(project, "Renderers", "DreamTime.Renderers.Cuda", "Kernels")

let private withFolder body =
    let folder = Directory.CreateTempSubdirectory("dreamtime-driver-").FullName

    try
        body folder
    finally
        Directory.Delete(folder, true)

/// The folder's libcuda is the driver.
let private environment folder fault = [
    "LD_LIBRARY_PATH", folder
    "FAKE_CUDA_KERNELS", folder
    "FAKE_CUDA_FAULT", fault
]

let private beside folder fault arguments =
    CliProcess.runWith (environment folder fault) arguments

/// The line that a command ends with where it fails.
let private complaint (outcome: CliHarness.Outcome) =
    outcome.Error.TrimEnd().Split('\n') |> Array.last

let private refused folder fault (words: string list) =
    let out = Path.Combine(folder, "out")

    let outcome =
        beside folder fault [ "generate"; "a cube"; "--device"; "cuda"; "--out"; out; "--overwrite" ]

    Expect.equal outcome.Code 1 outcome.Error

    for word in words do
        Expect.stringContains (complaint outcome) word ""

let private withDriver (compiler: string) (more: string[]) body =
    withFolder (fun folder ->
        HostCompiler.Compile(compiler, driver, Path.Combine(folder, "libcuda.so.1"), more)
        body folder)

let tests =
    match HostCompiler.Find() with
    | null -> testList "cuda" [ ptestCase "skipped: no clang++ on the PATH to compile a fake driver" ignore ]
    | compiler ->
        testList "cuda" [
            test "doctor tells what the driver sees" {
                withDriver compiler [||] (fun folder ->
                    let outcome = beside folder "" [ "doctor" ]
                    Expect.equal outcome.Code 0 outcome.Error
                    Expect.stringContains outcome.Out "0: Fake GPU 0, compute capability 7.5" ""
                    Expect.stringContains outcome.Out "1: Fake GPU 1" "")
            }

            test
                "what the driver refuses ends a command that demands the GPU, in a line that names call, error and cause" {
                withDriver compiler [||] (fun folder ->
                    refused folder "cuInit:100" [ "cuInit"; "CUDA_ERROR_NO_DEVICE"; "CUDA_VISIBLE_DEVICES" ]
                    refused folder "cuMemAlloc_v2:2" [ "cuMemAlloc"; "CUDA_ERROR_OUT_OF_MEMORY"; "memory is full" ]
                    refused folder "cuModuleLoadDataEx:222" [ "UNSUPPORTED_PTX_VERSION"; "12.3" ]
                    refused folder "cuLaunchKernel:700" [ "cuLaunchKernel"; "defect" ])
            }

            test "a driver that lacks a call is too old" {
                withDriver compiler [| "-DAN_OLD_DRIVER" |] (fun folder ->
                    let outcome = beside folder "" [ "doctor" ]
                    Expect.stringContains outcome.Out "too old" outcome.Out)
            }

            test "auto falls back to the CPU where the driver refuses, and says why" {
                withDriver compiler [||] (fun folder ->
                    let outcome =
                        beside folder "cuInit:100" [
                            "generate"
                            "a cube"
                            "--device"
                            "auto"
                            "--quality"
                            "draft"
                            "--steps"
                            "1"
                            "--out"
                            Path.Combine(folder, "out")
                        ]

                    Expect.equal outcome.Code 0 outcome.Error
                    Expect.stringContains outcome.Error "device: cpu (cuInit failed" "")
            }

            test "what CUDA's host asks of the driver gives the proofs' numbers" {
                withDriver compiler [||] (fun folder ->
                    for source in Directory.EnumerateFiles(kernels, "*.cu") do
                        let library = Path.ChangeExtension(Path.GetFileName source, ".so") |> string
                        HostCompiler.Compile(compiler, source, Path.Combine(folder, library))

                    let outcome =
                        CliProcess.runProgram "DreamTime.CudaProof.dll" (environment folder "") [
                            "--quick"
                            "--cases"
                            "views of a ball"
                            "--device"
                            "1"
                        ]

                    Expect.equal outcome.Code 0 outcome.Error
                    Expect.stringContains outcome.Out "Fake GPU 1" ""
                    Expect.stringContains outcome.Out "1 right, 0 wrong" "")
            }
        ]
