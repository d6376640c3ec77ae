module DreamTime.Diffusion.Tests.SafetensorsFile

open System
open System.IO
open System.Runtime.InteropServices
open System.Text.Json
open TorchSharp

/// Tensors of a safetensors file by name.
let read (path: string) =
    let bytes = File.ReadAllBytes path
    let length = int (BitConverter.ToInt64(bytes, 0))
    use header = JsonDocument.Parse(ReadOnlyMemory(bytes, 8, length))

    Map.ofSeq (
        seq {
            for entry in header.RootElement.EnumerateObject() do
                if entry.Name <> "__metadata__" then
                    let shape = [| for d in entry.Value.GetProperty("shape").EnumerateArray() -> d.GetInt64() |]

                    let offsets = [|
                        for d in entry.Value.GetProperty("data_offsets").EnumerateArray() -> d.GetInt32()
                    |]

                    let data = bytes.AsSpan(8 + length + offsets[0], offsets[1] - offsets[0])

                    let tensor =
                        match entry.Value.GetProperty("dtype").GetString() with
                        | "F32" -> torch.tensor(MemoryMarshal.Cast<byte, float32>(data).ToArray()).reshape shape
                        | "I64" -> torch.tensor(MemoryMarshal.Cast<byte, int64>(data).ToArray()).reshape shape
                        | dtype -> failwith $"{path}: {entry.Name} has dtype {dtype}; F32 or I64 expected"

                    entry.Name, tensor
        }
    )
