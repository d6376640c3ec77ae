module DreamTime.Diffusion.Tests.LoadingTests

open System
open System.Collections.Generic
open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private temporary check =
    let path = Directory.CreateTempSubdirectory("dreamtime-model-").FullName

    try
        use _ = torch.NewDisposeScope()
        check path
    finally
        Directory.Delete(path, true)

let private fails<'error when 'error :> exn> (fragments: string list) (act: unit -> unit) =
    Expect.throwsC act (fun error ->
        Expect.isTrue (error :? 'error) $"should be a {typeof<'error>.Name}: {error}"

        for fragment in fragments do
            Expect.stringContains error.Message fragment "the message")

let private tensors (entries: (string * torch.Tensor) list) =
    entries |> List.map KeyValuePair |> Dictionary

let private linear () = torch.nn.Linear(3L, 2L)

/// Writes the tensors, loads them into a linear layer, and gives the layer.
let private load path dtype entries =
    Safetensors.Write(Path.Combine(path, "m.safetensors"), tensors entries, dtype)
    let layer = linear ()
    let before = layer.weight.clone ()

    try
        ModuleLoader.Load(layer, ModelFolder.At path, "m.safetensors")
    with _ ->
        Expect.isTrue (layer.weight.equal(before).all().ToBoolean()) "unchanged after a failure"
        reraise ()

    layer

let tests =
    testList "Loading" [
        test "weights arrive, from F32 and from F16" {
            temporary (fun path ->
                let weight, bias = torch.randn ([| 2L; 3L |]), torch.tensor [| 0.5f; -2.0f |]

                for dtype, tolerance in [ SafetensorsDtype.F32, 0.0; SafetensorsDtype.F16, 2e-3 ] do
                    let layer = load path dtype [ "weight", weight; "bias", bias ]
                    // Halves have 11 bits: an error of 2^-12 of values below 4.
                    Expect.isTrue (torch.allclose (layer.weight, weight, 0.0, tolerance)) $"{dtype}"
                    Expect.isTrue (torch.allclose (nonNull layer.bias, bias, 0.0, 0.0)) $"{dtype} bias")
        }

        test "missing, unexpected, wrongly shaped and non-finite tensors are listed at once, and nothing is loaded" {
            temporary (fun path ->
                fails<InvalidDataException>
                    [ "missing: bias"; "unexpected: extra"; "weight [3, 2] for [2, 3]"; "m.safetensors"; "Linear" ]
                    (fun () ->
                        load path SafetensorsDtype.F32 [ "weight", torch.ones ([| 3L; 2L |]); "extra", torch.ones 1L ]
                        |> ignore)

                fails<InvalidDataException> [ "not finite: bias" ] (fun () ->
                    load path SafetensorsDtype.F32 [
                        "weight", torch.ones ([| 2L; 3L |])
                        "bias", torch.tensor [| 1.0f; nanf |]
                    ]
                    |> ignore))
        }

        test "pickled weights are refused, and the message says how to convert them" {
            temporary (fun path ->
                Directory.CreateDirectory(Path.Combine(path, "unet")) |> ignore
                File.WriteAllText(Path.Combine(path, "unet", "diffusion_pytorch_model.bin"), "PK")
                let folder = ModelFolder.At path

                for act in
                    [
                        fun () -> folder.WeightsFile "unet" |> ignore
                        fun () -> ModuleLoader.Load(linear (), folder, "unet/diffusion_pytorch_model.bin")
                    ] do
                    fails<InvalidDataException>
                        [ "pickle"; "safe_serialization=True"; "diffusion_pytorch_model.bin" ]
                        act)
        }

        test "the usual name of a part's weights comes before its half-precision variant" {
            temporary (fun path ->
                let touch name =
                    File.WriteAllText(Path.Combine(path, name), "")

                let folder = ModelFolder.At path

                fails<FileNotFoundException> [ "diffusion_pytorch_model.safetensors"; path ] (fun () ->
                    folder.WeightsFile "" |> ignore)

                touch "model.fp16.safetensors"
                Expect.equal (folder.WeightsFile "") "model.fp16.safetensors" "variant"
                touch "model.safetensors"
                Expect.equal (folder.WeightsFile "") "model.safetensors" "usual")
        }

        test "a model folder opens what lies in it and nothing else" {
            temporary (fun path ->
                File.WriteAllText(Path.Combine(path, "a.json"), "\uFEFFä")
                let folder = ModelFolder.At path
                Expect.equal (folder.ReadText "a.json") "ä" "text, without its byte order mark"
                Expect.isFalse (folder.Exists "b.json") "absent"
                fails<FileNotFoundException> [ "b.json"; path ] (fun () -> folder.ReadText "b.json" |> ignore)

                for outside in [ "../a.json"; "x/../../a.json"; Path.Combine(path, "a.json"); "" ] do
                    fails<ArgumentException> [] (fun () -> folder.Exists outside |> ignore)

                fails<DirectoryNotFoundException> [ "is a file" ] (fun () ->
                    ModelFolder.At(Path.Combine(path, "a.json")) |> ignore)

                File.WriteAllText(Path.Combine(path, "sd.ckpt"), "")

                fails<InvalidDataException> [ "pickle"; "from_single_file"; "safe_serialization=True" ] (fun () ->
                    ModelFolder.At(Path.Combine(path, "sd.ckpt")) |> ignore)

                fails<DirectoryNotFoundException> [ "no folder" ] (fun () ->
                    ModelFolder.At(Path.Combine(path, "nowhere")) |> ignore))
        }
    ]
