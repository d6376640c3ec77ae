/// `doctor`: whether this machine has what a run needs.
module DreamTime.Cli.Commands.Doctor

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open DreamTime.Cli
open DreamTime.Diffusion

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

/// A part of the machine, and what is wrong with it if anything is.
let private libtorch () =
    try
        NativeLibtorch.Load()

        let folder =
            Option.ofObj NativeLibtorch.Folder |> Option.defaultValue "the program's own libraries"

        Ok $"{TorchSharp.torch.get_num_threads ()} threads, from {folder}"
    with error ->
        Error(Fault.message (Fault.ofException error))

let run (terminal: Terminal) =
    let parts = [
        "system", Ok $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}"
        ".NET", Ok(string Environment.Version)
        "cores", Ok(string Environment.ProcessorCount)
        "vectors", Ok(vectors ())
        "libtorch", libtorch ()
    ]

    for name, state in parts do
        let text =
            match state with
            | Ok text -> text
            | Error reason -> $"cannot be used: {Fault.oneLine reason}"

        terminal.Out.WriteLine($"{name, -9} {text}")

    match parts |> List.filter (snd >> Result.isError) |> List.map fst with
    | [] -> 0
    | broken -> Fault.world $"""a run needs {String.Join(" and ", broken)}"""
