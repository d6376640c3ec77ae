module DreamTime.Diffusion.Tests.CheckpointTests

open System
open System.Collections.Generic
open System.IO
open System.Text.Json
open Expecto
open TorchSharp
open DreamTime.Diffusion

type private Tensor = torch.Tensor

let private temporary (check: string -> unit) =
    let path = Directory.CreateTempSubdirectory("dreamtime-weights-").FullName

    try
        use _ = torch.NewDisposeScope()
        check path
    finally
        Directory.Delete(path, true)

let private save (path: string) name (entries: (string * Tensor) list) =
    Safetensors.Write(Path.Combine(path, name), entries |> List.map KeyValuePair |> Dictionary)

let private index (path: string) (map: (string * string) list) =
    let weightMap = JsonSerializer.Serialize(dict map)
    File.WriteAllText(Path.Combine(path, "model.safetensors.index.json"), $"""{{"weight_map": {weightMap}}}""")

/// Loads a linear layer from 3 to 2 from whatever weights the folder has.
let private load (path: string) =
    let folder = ModelFolder.At path
    let layer = torch.nn.Linear(3L, 2L)
    ModuleLoader.Load(layer, folder, folder.WeightsFile "")
    layer

let private fails (fragments: string list) (path: string) =
    Expect.throwsC (fun () -> (load path).Dispose()) (fun error ->
        Expect.isTrue (error :? InvalidDataException || error :? FileNotFoundException) (string error)

        for fragment in fragments do
            Expect.stringContains error.Message fragment "the message")

let private weight () =
    torch.arange(6.0f.ToScalar(), torch.float32).reshape(2L, 3L)

let private bias () = torch.tensor [| 1.0f; 2.0f |]

/// Both tensors in two shards, and the index that says so.
let private sharded (path: string) =
    save path "a.safetensors" [ "weight", weight () ]
    save path "b.safetensors" [ "bias", bias () ]
    index path [ "weight", "a.safetensors"; "bias", "b.safetensors" ]

/// A module of one attention under today's names.
type private Attentions() as this =
    inherit torch.nn.Module("Attentions")
    let query = torch.nn.Linear(2L, 2L, hasBias = false)

    do
        let list = torch.nn.ModuleList<torch.nn.Module>()
        let attention = torch.nn.ModuleDict<torch.nn.Module>()
        attention.Add("to_q", query)
        list.append attention |> ignore
        this.register_module ("attentions", list)

    member _.Weight = query.weight

let tests =
    testList "Checkpoints" [
        test "shards load as one file does" {
            temporary (fun path ->
                sharded path
                let layer = load path
                Expect.isTrue (layer.weight.equal(weight ()).all().ToBoolean()) "weight"
                Expect.isTrue ((nonNull layer.bias).equal(bias ()).all().ToBoolean()) "bias")
        }

        test "what an index promises and its shards do not hold is said" {
            temporary (fun path ->
                sharded path
                File.Delete(Path.Combine(path, "a.safetensors"))
                File.Delete(Path.Combine(path, "b.safetensors"))
                fails [ "a.safetensors, b.safetensors"; "missing" ] path
                sharded path
                index path [ "weight", "a.safetensors"; "bias", "a.safetensors" ]
                fails [ "bias in a.safetensors" ] path
                save path "b.safetensors" [ "bias", bias (); "weight", weight () ]
                index path [ "weight", "a.safetensors"; "bias", "b.safetensors" ]
                fails [ "'weight'"; "another shard" ] path)
        }

        test "an index is refused that is none, or that leads out of its folder" {
            temporary (fun path ->
                let write (text: string) =
                    File.WriteAllText(Path.Combine(path, "model.safetensors.index.json"), text)

                for text in
                    [
                        "{"
                        "[]"
                        "{}"
                        """{"weight_map": {}}"""
                        """{"weight_map": {"w": 1}}"""
                        """{"weight_map": {"w": "../x.safetensors"}}"""
                        """{"weight_map": {"w": "/x.safetensors"}}"""
                        """{"weight_map": {"w": ""}}"""
                        """{"weight_map": {"w": "a", "w": "b"}}"""
                    ] do
                    write text
                    fails [ "model.safetensors.index.json"; "weight_map" ] path

                write """{"weight_map": {"w": "x.bin"}}"""
                File.WriteAllText(Path.Combine(path, "x.bin"), "")
                fails [ "pickle" ] path)
        }

        test "a module of halves gets halves, and one of doubles doubles" {
            temporary (fun path ->
                let value = torch.tensor([| 1.0f / 3.0f; 2.0f; -7.25f |]).reshape(1L, 3L)
                save path "m.safetensors" [ "weight", value ]

                for dtype in [ torch.float16; torch.bfloat16; torch.float64 ] do
                    let layer = torch.nn.Linear(3L, 1L, hasBias = false)
                    layer.``to`` (dtype) |> ignore
                    ModuleLoader.Load(layer, ModelFolder.At path, "m.safetensors")
                    Expect.equal layer.weight.dtype dtype "type"
                    Expect.isTrue (layer.weight.equal(value.``to`` dtype).all().ToBoolean()) $"{dtype}")
        }

        test "BF16 arrives exactly" {
            temporary (fun path ->
                let header = """{"weight":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}"""B

                // 0x3F80 is 1, 0xC049 is -3.140625.
                let bytes =
                    Array.concat [
                        BitConverter.GetBytes(uint64 header.Length)
                        header
                        [| 0x80uy; 0x3Fuy; 0x49uy; 0xC0uy |]
                    ]

                File.WriteAllBytes(Path.Combine(path, "m.safetensors"), bytes)
                let layer = torch.nn.Linear(2L, 1L, hasBias = false)
                ModuleLoader.Load(layer, ModelFolder.At path, "m.safetensors")
                Expect.sequenceEqual (layer.weight.data<float32>().ToArray()) [ 1.0f; -3.140625f ] "")
        }

        test "NaN and infinity are found wherever they stand, in every floating type" {
            temporary (fun path ->
                let place = [ for position in [ 0; 7; 8; 30; 32 ] -> position ]

                for dtype in [ SafetensorsDtype.F32; SafetensorsDtype.F16 ] do
                    for bad in [ nanf; infinityf; -infinityf ] do
                        for position in place do
                            let values = Array.create 33 1.0f
                            values[position] <- bad

                            Safetensors.Write(
                                Path.Combine(path, "model.safetensors"),
                                Dictionary [ KeyValuePair("weight", torch.tensor(values).reshape(1L, 33L)) ],
                                dtype
                            )

                            Expect.throwsC
                                (fun () ->
                                    ModuleLoader.Load(
                                        torch.nn.Linear(33L, 1L, hasBias = false),
                                        ModelFolder.At path,
                                        "model.safetensors"
                                    ))
                                (fun error ->
                                    Expect.stringContains
                                        error.Message
                                        "not finite: weight"
                                        $"{dtype} {bad} at {position}"))
        }

        test "the old names of attention are those of today, also as a 1x1 convolution; both at once are one too many" {
            temporary (fun path ->
                let value = torch.randn ([| 2L; 2L |])
                let old, current = "attentions.0.query.weight", "attentions.0.to_q.weight"

                let load (entries: (string * Tensor) list) =
                    save path "m.safetensors" entries
                    let attentions = new Attentions()
                    ModuleLoader.Load(attentions, ModelFolder.At path, "m.safetensors")
                    attentions.Weight

                for stored in [ value; value.reshape (2L, 2L, 1L, 1L) ] do
                    Expect.isTrue ((load [ old, stored ]).equal(value).all().ToBoolean()) "loaded"

                Expect.throwsC (fun () -> load [ old, value; current, value ] |> ignore) (fun error ->
                    Expect.stringContains error.Message $"unexpected: {old}" "")

                Expect.throwsC (fun () -> load [ "query.weight", value ] |> ignore) (fun error ->
                    Expect.stringContains error.Message "unexpected: query.weight" "only inside attentions"))
        }

        test "loading takes no memory beside the module's own, however large the file" {
            temporary (fun path ->
                let rows = 4_000_000L
                save path "m.safetensors" [ "weight", torch.ones ([| rows; 4L |]) ]
                let layer = torch.nn.Linear(4L, rows, hasBias = false)
                let folder = ModelFolder.At path
                let before = GC.GetAllocatedBytesForCurrentThread()
                ModuleLoader.Load(layer, folder, "m.safetensors")
                let taken = GC.GetAllocatedBytesForCurrentThread() - before
                // The file has 64 MB; names, header and shapes take some kilobytes.
                Expect.isLessThan taken 1_000_000L "managed bytes"
                Expect.isTrue (layer.weight.eq((1.0f).ToScalar()).all().ToBoolean()) "loaded")
        }
    ]
