/// Where things run: the renderer on an NVIDIA GPU or the CPU, the prior where libtorch finds a device.
module DreamTime.Cli.Device

open System
open DreamTime
open DreamTime.Diffusion
open DreamTime.Renderers
open DreamTime.Renderers.Cuda

/// The GPU that renders, or why none does.
type Renderer =
    | Gpu of CudaDevice
    | NoGpu of reason: string

/// What renders a representation. Where the GPU is demanded, its absence ends the command.
let renderer (choice: DeviceChoice) (representation: Representation) : Renderer =
    match choice with
    | Cpu -> NoGpu "asked for"
    | Cuda when not (representation.HasKernels()) ->
        let names =
            Enum.GetValues<Representation>()
            |> Seq.filter _.HasKernels()
            |> Seq.map (fun value -> (string value).ToLowerInvariant())
            |> String.concat ", "

        let name = (string representation).ToLowerInvariant()
        Fault.wrong $"--device cuda renders {names}; {name} is rendered by --device cpu (or auto)"
    | Auto when not (representation.HasKernels()) -> NoGpu "the representation has no kernels for a GPU"
    | Cuda
    | Auto ->
        try
            Gpu(new CudaDevice())
        with :? CudaException as error ->
            if choice = Cuda then
                Fault.world $"--device cuda: {error.Message} --device cpu renders on the CPU"
            else
                NoGpu error.Message

/// What renders a run. The light of an environment falls on the CPU only; `auto` goes there for it.
let rendererOf (choice: DeviceChoice) (options: TextTo3DOptions) : Renderer =
    let hasEnvironment =
        options.Representation = Representation.Dmtet && not (isNull options.Dmtet.Light)

    match choice with
    | Cuda when hasEnvironment -> Fault.wrong "--environment is rendered by --device cpu (or auto)"
    | Auto when hasEnvironment -> NoGpu "the light of an environment has no kernels for a GPU"
    | _ -> renderer choice options.Representation

/// Where the prior computes. Beside a renderer that was demanded on a GPU it goes where it can.
let placement (choice: DeviceChoice) (half: bool) =
    let device =
        match choice with
        | Cpu -> PriorDevice.Cpu
        | Auto -> PriorDevice.Auto
        | Cuda -> PriorDevice.Cuda

    PriorPlacement(Device = device, HalfPrecision = half)

/// The prior's place beside a renderer: `cuda` is about the renderer, and the prior follows where libtorch for CUDA is found.
let besideRenderer (choice: DeviceChoice) (half: bool) =
    placement (if choice = Cuda then Auto else choice) half

/// What the options need to know of it.
let device (renderer: Renderer) : IKernelDevice | null =
    match renderer with
    | Gpu gpu -> gpu
    | NoGpu _ -> null

let dispose (renderer: Renderer) =
    match renderer with
    | Gpu gpu -> gpu.Dispose()
    | NoGpu _ -> ()

/// Says where things run, unless the CPU was asked for.
let announce (terminal: Terminal) (choice: DeviceChoice) (renderer: Renderer) (prior: Prior) =
    match choice, renderer with
    | Cpu, _ -> ()
    | _, Gpu gpu -> terminal.Note $"device: {gpu.Name}, prior on {prior.Device}"
    | _, NoGpu reason -> terminal.Note $"device: cpu ({reason.TrimEnd('.')}), prior on {prior.Device}"
