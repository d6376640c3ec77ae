/// Views and gradients that stay where renderer and prior both are, beside those that go through the host: the kernels and libtorch share this processor's memory.
module DreamTime.Tests.SharedMemoryTests

open System
open System.IO
open Expecto
open DreamTime
open DreamTime.CudaProof
open DreamTime.Renderers
open DreamTime.Renderers.Cuda
open DreamTime.Tests

let private kernels =
    let rec up (folder: string) =
        if File.Exists(Path.Combine(folder, "DreamTime.Fs.sln")) then
            Path.Combine(folder, "Renderers", "DreamTime.Renderers.Cuda", "Kernels")
        else
            up (Path.GetDirectoryName folder |> nonNull)

    up AppContext.BaseDirectory

/// A device that keeps its memory to itself, and counts what is copied out of it beyond a handful of numbers.
type private Secretive(inner: IKernelDevice, hasHostMemory: bool) =
    member val Downloads = 0 with get, set

    interface IKernelDevice with
        member _.Name = inner.Name
        member _.HasHostMemory = hasHostMemory
        member _.Allocate bytes = inner.Allocate bytes
        member _.Free address = inner.Free address
        member _.Upload(from: ReadOnlySpan<'T>, target) = inner.Upload(from, target)

        member this.Download(from, target: Span<'T>) =
            if target.Length > 8 then
                this.Downloads <- this.Downloads + 1

            inner.Download(from, target)

        member _.Fill(address, value, bytes) = inner.Fill(address, value, bytes)

        member _.Launch(kernel, blocks, arguments: ReadOnlySpan<KernelArgument>) =
            inner.Launch(kernel, blocks, arguments)

        member _.Synchronize() = inner.Synchronize()
        member _.Dispose() = ()

let private steps = 3

/// The reports of a run, and how often the device was asked for more than a number.
let private run (inner: IKernelDevice) hasHostMemory background =
    let device = new Secretive(inner, hasHostMemory)

    let options =
        TextTo3DOptions(
            Steps = steps,
            Views = 2,
            Representation = Representation.Nerf,
            Nerf =
                NerfOptions(
                    Levels = 4,
                    Log2TableSize = 10,
                    HiddenWidth = 32,
                    HiddenLayers = 1,
                    SamplesPerRay = 16,
                    OccupancyResolution = 0
                ),
            Guidance = GuidanceOptions(Scale = 1.0),
            ViewDependentPrompts = false,
            Background = background,
            Gpu = device,
            Seed = 5L
        )

    use prior = KnownPriors.colours [ 0.8, 0.2, 0.2 ]
    use run = TextTo3D.Start(prior, "anything", options)
    [ for _ in 1..steps -> run.Advance() ], device.Downloads

let private numbers (reports: StepReport list) = [
    for report in reports do
        yield! [ report.GradientNorm; report.ResidualRms; report.Opacity ]
]

let tests =
    match HostCompiler.Find() with
    | null ->
        testList "shared memory" [
            ptestCase "skipped: no clang++ on the PATH to run the kernels on this processor" ignore
        ]
    | compiler ->
        testList "shared memory" [
            test "a run whose views stay on the device is the run whose views go through the host" {
                use device = new HostDevice(kernels, compiler)
                let through, copies = run device false BackgroundKind.Random
                let shared, none = run device true BackgroundKind.Random
                Expect.isGreaterThanOrEqual copies (3 * steps) "colour, opacity and depth of each step"
                Expect.equal none 0 "nothing but counts and norms leaves the device"

                for expected, found in List.zip (numbers through) (numbers shared) do
                    // The sums over samples are the same; the opacity's mean is torch's.
                    Expect.floatClose { absolute = 1e-6; relative = 1e-5 } found expected ""
            }

            test "a run's folder says what rendered it" {
                use device = new HostDevice(kernels, compiler)
                use prior = KnownPriors.colours [ 0.8, 0.2, 0.2 ]

                CliHarness.inFolder (fun folder ->
                    let options =
                        TextTo3DOptions(
                            Steps = 1,
                            Views = 1,
                            Nerf =
                                NerfOptions(
                                    Levels = 4,
                                    Log2TableSize = 10,
                                    HiddenWidth = 32,
                                    SamplesPerRay = 16,
                                    OccupancyResolution = 0
                                ),
                            MeshResolution = 16,
                            TurntableFrames = 1,
                            TurntableSize = 16,
                            SurfacePreviews = false,
                            PreviewEvery = 0,
                            Asset = AssetOptions(TextureSize = Nullable(), Triangles = Nullable 100),
                            Gpu = device
                        )

                    let out = Path.Combine(folder, "run")

                    let result =
                        TextTo3D.GenerateAsync(prior, "anything", out, options).GetAwaiter().GetResult()

                    Expect.isNotNull result.Model "a model"

                    let manifest =
                        nonNull (Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(out, "run.json"))))

                    Expect.equal (string manifest["device"]) "host" "what rendered"
                    Expect.equal (string manifest["priorDevice"]) "cpu" "what the prior ran on")
            }

            test "what is painted behind the views goes through the host" {
                use device = new HostDevice(kernels, compiler)
                let _, copies = run device true BackgroundKind.Noise
                Expect.isGreaterThanOrEqual copies (3 * steps) ""
            }
        ]
