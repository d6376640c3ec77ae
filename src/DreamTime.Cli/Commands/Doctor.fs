/// `doctor`: whether this machine has what a run needs.
module DreamTime.Cli.Commands.Doctor

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open DreamTime.Cli
open DreamTime.Diffusion
open DreamTime.Renderers.Cuda

let private vectors () =
    let width =
        if Vector512.IsHardwareAccelerated then 512
        elif Vector256.IsHardwareAccelerated then 256
        elif Vector128.IsHardwareAccelerated then 128
        else 0

    if width = 0 then
        "none"
    else
        $"""{width} bits{if Fma.IsSupported then ", FMA" else ""}"""

/// A part of the machine in words, or the reason why it cannot be used.
let private attempt (look: unit -> string) =
    try
        Ok(look ())
    with error ->
        Error(Fault.message (Fault.ofException error))

let private libtorch () =
    NativeLibtorch.Load()

    let folder =
        Option.ofObj NativeLibtorch.Folder |> Option.defaultValue "the program's own libraries"

    $"{TorchSharp.torch.get_num_threads ()} threads, from {folder}"

/// Never a reason to fail: a run does without.
let private cuda () =
    try
        let status = NativeLibtorch.Cuda

        if status.IsUsable then
            $"the prior can run on it: {status}"
        else
            $"the prior runs on the CPU: {status}"
    with :? DllNotFoundException ->
        "not looked for, since libtorch cannot be used"

/// Never a reason to fail, either.
let private device () =
    try
        let gpus = CudaDeviceInfo.All()
        use first = new CudaDevice()

        let struct (_, architecture) =
            PtxModules.Embedded.Find("encode", first.Info.Capability)

        let list = String.Join("; ", gpus |> Seq.map (fun gpu -> $"{gpu.Index}: {gpu}"))
        $"renders on GPU 0, by kernels for sm_{architecture} ({list})"
    with :? CudaException as error ->
        $"cpu: {error.Message.TrimEnd('.')}"

let private embeddedPrior () =
    use prior =
        Prior.Load(PriorSource.Embedded, PriorPlacement(Device = PriorDevice.Cpu))

    let folder = ModelFolder.Embedded

    let bytes =
        [ "unet"; "text_encoder" ]
        |> List.sumBy (fun part ->
            use weights = folder.Open(folder.WeightsFile part)
            weights.Length)

    $"embedded, {float bytes / 1e6:F1} MB, {prior.ImageSize} x {prior.ImageSize} pixels, {prior.Hash}"

let run (terminal: Terminal) =
    let parts = [
        "system", Ok $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"
        ".NET", Ok(string Environment.Version)
        "cores", Ok(string Environment.ProcessorCount)
        "vectors", Ok(vectors ())
        "libtorch", attempt libtorch
        "cuda", Ok(cuda ())
        "prior", attempt embeddedPrior
        "device", Ok(device ())
    ]

    for name, state in parts do
        let text =
            match state with
            | Ok text -> text
            | Error reason -> $"cannot be used: {Fault.oneLine reason}"

        terminal.Out.WriteLine($"{name, -9} {text}")

    match parts |> List.filter (snd >> Result.isError) |> List.map fst with
    | [] -> 0
    | broken -> Fault.world $"""a run needs what cannot be used here: {String.Join(", ", broken)}"""
