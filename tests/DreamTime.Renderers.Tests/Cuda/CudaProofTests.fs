/// The CUDA kernels, run by this processor: the proof kit's own cases, so that what a GPU is held to is what CI is held to.
module DreamTime.Renderers.Tests.CudaProofTests

open System
open System.Diagnostics
open System.IO
open System.Numerics
open DreamTime.CudaProof
open DreamTime.Renderers
open DreamTime.Renderers.Cuda
open Expecto

let private project =
    let rec up (folder: string) =
        if File.Exists(Path.Combine(folder, "DreamTime.Fs.sln")) then
            Path.Combine(folder, "Renderers", "DreamTime.Renderers.Cuda")
        else
            up (Path.GetDirectoryName folder |> nonNull)

    up AppContext.BaseDirectory

let private kernels = Path.Combine(project, "Kernels")

/// Enough samples for several blocks, few enough for fibers.
let private size = 300

let private onHost =
    match HostCompiler.Find() with
    | null -> [ ptestCase "skipped: no clang++ on the PATH to run the kernels on this processor" ignore ]
    | compiler ->
        let device = lazy (new HostDevice(kernels, compiler))

        [
            for proof in ProofCase.All ->
                test proof.Name {
                    let error = proof.Error.Invoke(device.Value, size)
                    Expect.isLessThanOrEqual error proof.Tolerance "the error"
                }
        ]
        @ [
            test "Gaussians of a device are saved, and asked for, as the CPU's are" {
                let options = SplatOptions(InitialCount = 50)
                use renderer = new CudaSplatRenderer(device.Value, options, 4L)
                let cpu = SplatRenderer(options, 4L)

                let saved (splats: SplatRenderer) =
                    let path = Path.GetTempFileName()

                    try
                        SplatPly.Save(splats, path)
                        File.ReadAllBytes path
                    finally
                        File.Delete path

                Expect.equal (saved (renderer.OnCpu())) (saved cpu) "the file"

                let densities (field: IDensityField) =
                    let density = Array.zeroCreate 3
                    let places = [| Vector3.Zero; Vector3(0.3f, 0.1f, -0.2f); Vector3(2f, 0f, 0f) |]
                    field.Query(places.AsSpan(), density.AsSpan(), Span<Vector3>.Empty)
                    density

                Expect.equal (densities renderer) (densities cpu) "the densities"
            }

            test "the kernels' libraries are cleared away" { device.Value.Dispose() }
        ]

let private ptx =
    let pinned = PtxRecipe.Compiler

    let version =
        try
            let start = ProcessStartInfo(pinned, "--version", RedirectStandardOutput = true)
            use clang = Process.Start start |> nonNull
            let text = clang.StandardOutput.ReadToEnd()
            clang.WaitForExit()
            Some text
        with :? ComponentModel.Win32Exception ->
            None

    match version with
    | None -> [ ptestCase $"skipped: no {pinned} to compile the kernels again" ignore ]
    | Some _ -> [
        for committed in Directory.EnumerateFiles(Path.Combine(project, "Ptx"), "*.ptx") |> Seq.sort ->
            test $"{Path.GetFileName committed} is what its source compiles to" {
                let recipe = PtxRecipe.Of(Path.GetFileName committed |> nonNull)

                let start =
                    ProcessStartInfo(
                        pinned,
                        recipe.Arguments(kernels, "-"),
                        RedirectStandardOutput = true,
                        RedirectStandardError = true
                    )

                use clang = Process.Start start |> nonNull
                let text = clang.StandardOutput.ReadToEnd()
                let words = clang.StandardError.ReadToEnd()
                clang.WaitForExit()
                Expect.equal clang.ExitCode 0 words
                Expect.equal text (File.ReadAllText committed) "dotnet fsi build.fsx ptx compiles it again"
            }
      ]

let private refusals = [
    test "a machine without a driver or a GPU says so in one line" {
        try
            let gpus = CudaDeviceInfo.All()
            Expect.isNonEmpty gpus "those that there are"
        with :? CudaException as error ->
            Expect.isFalse (error.Message.Contains '\n') "one line"
            Expect.stringContains error.Message "NVIDIA" "whose"
    }

    test "what the driver refuses is named with its usual cause" {
        let message =
            CudaException.Of("cuMemAlloc", 2, "CUDA_ERROR_OUT_OF_MEMORY", "12 bytes were asked for").Message

        Expect.equal
            message
            "cuMemAlloc failed: CUDA_ERROR_OUT_OF_MEMORY (2); the GPU's memory is full: smaller images, fewer views, or another program has it: 12 bytes were asked for."
            ""
    }

    test "a GPU that is too old for the kernels is told what they need" {
        let error =
            Expect.throwsC (fun () -> PtxModules.Embedded.Find("encode", 61) |> ignore) id

        Expect.equal error.Message "The GPU has compute capability 6.1; the kernels need 7.5 or newer." ""
        let struct (_, architecture) = PtxModules.Embedded.Find("encode", 90)
        Expect.equal architecture 90 "its own"
        let struct (_, architecture) = PtxModules.Embedded.Find("encode", 89)
        Expect.equal architecture 75 "the best below"
        let struct (_, architecture) = PtxModules.Embedded.Find("encode", 120)
        Expect.equal architecture 90 "the newest"
    }
]

let tests =
    testList "Cuda" [
        testSequenced (testList "on this processor" onHost)
        testList "PTX" ptx
        testList "refusals" refusals
    ]
