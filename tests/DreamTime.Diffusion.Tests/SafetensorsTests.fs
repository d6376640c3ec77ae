module DreamTime.Diffusion.Tests.SafetensorsTests

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Text
open Expecto
open FsCheck
open TorchSharp
open DreamTime.Diffusion

let private file (header: string) (data: byte[]) =
    let header = Encoding.UTF8.GetBytes header
    let length = Array.zeroCreate 8
    BinaryPrimitives.WriteUInt64LittleEndian(Span length, uint64 header.Length)
    Array.concat [ length; header; data ]

let private read (bytes: byte[]) =
    use stream = new MemoryStream(bytes)
    Safetensors.Read stream

let private entry dtype shape (first: int64) (last: int64) =
    $"""{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{first},{last}]}}"""

let private header entries =
    "{" + String.concat "," [ for name, text in entries -> $"\"{name}\":{text}" ] + "}"

let private one text data = file (header [ "a", text ]) data
let private zeros n : byte[] = Array.zeroCreate n

let private claims (length: uint64) =
    let bytes = zeros 64
    BinaryPrimitives.WriteUInt64LittleEndian(Span bytes, length)
    bytes[8] <- byte '{'
    bytes

/// What is wrong, the file, and what the message must say.
let private hostile = [
    "empty", [||], "0 bytes"
    "shorter than a length", zeros 7, "7 bytes"
    "no header", zeros 8, "'{'"
    "header longer than the file", claims 57UL, "57"
    "header of 2^63 bytes", claims (1UL <<< 63), "claims"
    "header of 2^64 - 1 bytes", claims UInt64.MaxValue, "claims"
    "header that wraps around", claims (UInt64.MaxValue - 7UL), "claims"
    "header is a list", file "[]" [||], "'{'"
    "header starts with a space", file " {}" [||], "'{'"
    "header is cut off", file "{" [||], "JSON"
    "header has something behind it", file "{} x" [||], "JSON"
    "header nests deeply", file ("{\"a\":" + String.replicate 100000 "[") [||], "JSON"
    "entry is a number", file "{\"a\":1}" [||], "'a' should be a JSON object"
    "entry has no offsets", one """{"dtype":"F32","shape":[]}""" (zeros 4), "data_offsets"
    "entry has no shape", one """{"dtype":"F32","data_offsets":[0,4]}""" (zeros 4), "shape"
    "entry has no dtype", one """{"shape":[1],"data_offsets":[0,4]}""" (zeros 4), "dtype"
    "duplicate name", file (header [ "a", entry "U8" "[1]" 0 1; "a", entry "U8" "[1]" 1 2 ]) (zeros 2), "uplicate"
    "duplicate key in an entry",
    one """{"dtype":"U8","dtype":"F32","shape":[1],"data_offsets":[0,4]}""" (zeros 4),
    "uplicate"
    "unknown type", one (entry "F8_E4M3" "[4]" 0 4) (zeros 4), "F8_E4M3"
    "type is a number", one """{"dtype":32,"shape":[1],"data_offsets":[0,4]}""" (zeros 4), "32"
    "negative dimension", one (entry "F32" "[-1]" 0 4) (zeros 4), "-1"
    "fractional dimension", one (entry "F32" "[1.5]" 0 4) (zeros 4), "1.5"
    "dimension is a string", one (entry "F32" "[\"1\"]" 0 4) (zeros 4), "integers"
    "shape is a number", one (entry "F32" "1" 0 4) (zeros 4), "list of integers"
    "dimension beyond 64 bits", one (entry "F32" "[18446744073709551616]" 0 4) (zeros 4), "integers"
    "shape product wraps to 4", one (entry "U8" "[4194305,4194305,211106198978564]" 0 4) (zeros 4), "count"
    "shape product overflows", one (entry "F32" "[4611686018427387904,4]" 0 0) [||], "count"
    "shape larger than its span", one (entry "F32" "[1048576]" 0 4) (zeros 4), "4194304 bytes"
    "shape smaller than its span", one (entry "F32" "[1]" 0 8) (zeros 8), "span 8"
    "tensor of 2^40 bytes in a file of 4",
    one (entry "U8" "[1099511627776]" 0 1099511627776L) (zeros 4),
    "1099511627776"
    "tensor of 2^30 bytes in a file of 4", one (entry "U8" "[1073741824]" 0 1073741824L) (zeros 4), "cut off"
    "negative offset", one (entry "F32" "[1]" -4 0) (zeros 4), "-4"
    "inverted offsets", one (entry "F32" "[1]" 4 0) (zeros 4), "begin <= end"
    "no offsets", one """{"dtype":"F32","shape":[1],"data_offsets":[]}""" (zeros 4), "[begin, end]"
    "one offset", one """{"dtype":"F32","shape":[1],"data_offsets":[0]}""" (zeros 4), "[begin, end]"
    "three offsets", one """{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}""" (zeros 4), "[begin, end]"
    "offset beyond 64 bits", one """{"dtype":"F32","shape":[1],"data_offsets":[0,1e30]}""" (zeros 4), "integers"
    "overlap", file (header [ "a", entry "U8" "[4]" 0 4; "b", entry "U8" "[4]" 2 6 ]) (zeros 6), "overlap"
    "the same bytes twice", file (header [ "a", entry "U8" "[4]" 0 4; "b", entry "U8" "[4]" 0 4 ]) (zeros 4), "overlap"
    "hole", file (header [ "a", entry "U8" "[4]" 0 4; "b", entry "U8" "[4]" 5 9 ]) (zeros 9), "hole"
    "hole at the start", one (entry "U8" "[4]" 1 5) (zeros 5), "hole"
    "empty tensor inside another",
    file (header [ "a", entry "U8" "[4]" 0 4; "b", entry "U8" "[0]" 2 2 ]) (zeros 4),
    "overlap"
    "data cut off", one (entry "F32" "[2]" 0 8) (zeros 7), "cut off"
    "data behind the last tensor", one (entry "F32" "[2]" 0 8) (zeros 9), "behind"
    "data without tensors", file "{}" (zeros 1), "behind"
    "metadata is no object", file """{"__metadata__":"x"}""" [||], "__metadata__"
    "metadata holds a number", file """{"__metadata__":{"x":1}}""" [||], "__metadata__"
    "hostile name", file (header [ String.replicate 100000 "x", "1" ]) [||], "…"
    "name with a line break", file "{\"a\\nb\\u0000\":1}" [||], "a\\u000ab\\u0000"
    "zip archive", Array.append "PK\003\004"B (zeros 100), "pickle"
    "bare pickle", Array.append [| 0x80uy; 2uy; 0x8Auy; 10uy; 0x6cuy; 0xfcuy; 0x9cuy; 0x46uy |] (zeros 100), "pickle"
]

let private valid =
    file
        (header [
            "__metadata__", """{"format":"pt"}"""
            "f", entry "F32" "[1,2]" 0 8
            "h", entry "F16" "[2]" 8 12
            "b", entry "BF16" "[]" 12 14
            "none", entry "U8" "[0,7]" 14 14
            "u", entry "U8" "[3]" 14 17
            "l", entry "I64" "[1]" 17 25
            "i", entry "I32" "[1]" 25 29
         ]
         + "   ")
        (Array.concat [
            BitConverter.GetBytes 1.5f
            BitConverter.GetBytes -0.0f
            BitConverter.GetBytes(Half.op_Explicit 0.1f: Half)
            BitConverter.GetBytes Half.NegativeInfinity
            [| 0x80uy; 0x3fuy |]
            [| 1uy; 2uy; 255uy |]
            BitConverter.GetBytes -5L
            BitConverter.GetBytes -6
        ])

/// Reads, or fails as a broken file should.
let private survives (bytes: byte[]) =
    try
        read bytes |> ignore
    with :? InvalidDataException as error ->
        Expect.isFalse (error.Message.Contains '\n') $"one line: {error.Message}"

let private floats (tensor: torch.Tensor) = tensor.data<float32>().ToArray()

let private temporary check =
    let folder = Directory.CreateTempSubdirectory("dreamtime-safetensors-").FullName

    try
        check folder
    finally
        Directory.Delete(folder, true)

/// The exact value of a half-precision number, from its fields.
let private halfValue (bits: uint16) =
    let sign = if bits >>> 15 = 1us then -1.0 else 1.0
    let exponent, fraction = int (bits >>> 10) &&& 31, float (bits &&& 1023us)

    match exponent, fraction with
    | 31, 0.0 -> sign * infinity
    | 31, _ -> nan
    | 0, _ -> sign * fraction * Math.Pow(2.0, -24.0)
    | _ -> sign * (1.0 + fraction / 1024.0) * Math.Pow(2.0, float (exponent - 15))

let private everyPattern dtype =
    let bytes = Array.init 131072 (fun i -> byte ((i / 2) >>> (8 * (i % 2))))
    let tensors = read (one (entry dtype "[65536]" 0 131072) bytes)
    use tensor = tensors["a"].ToTensor()
    floats tensor

let private dictionary (tensors: (string * torch.Tensor) list) =
    tensors |> List.map KeyValuePair |> Dictionary

let tests =
    testList "Safetensors" [
        testList "hostile files are refused in one line that says what is wrong" [
            for name, bytes, expected in hostile ->
                test name {
                    Expect.throwsC (fun () -> read bytes |> ignore) (fun error ->
                        Expect.isTrue (error :? InvalidDataException) $"{error}"
                        Expect.stringContains error.Message expected name
                        Expect.isFalse (error.Message.Contains '\n') error.Message
                        Expect.isLessThan error.Message.Length 1000 "a readable length")
                }
        ]

        test "header bytes that are not UTF-8 are refused" {
            let bytes =
                file """{"aa":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""" (zeros 1)

            bytes[10] <- 0xC3uy
            bytes[11] <- 0x28uy

            Expect.throwsC (fun () -> read bytes |> ignore) (fun error ->
                Expect.stringContains error.Message "UTF-8" "said so")
        }

        test "every element type is read, scalars and empty tensors too" {
            use _ = torch.NewDisposeScope()
            let tensors = read valid
            Expect.equal tensors.Metadata["format"] "pt" "metadata"
            Expect.equal (floats (tensors["f"].ToTensor())) [| 1.5f; -0.0f |] "F32"
            Expect.sequenceEqual tensors["f"].Shape [ 1L; 2L ] "shape"
            Expect.equal (floats (tensors["h"].ToTensor())) [| 0.0999755859375f; -infinityf |] "F16"
            Expect.equal (tensors["b"].ToTensor().shape, tensors["b"].ToTensor().ToSingle()) ([||], 1.0f) "BF16 scalar"
            Expect.equal (tensors["none"].ToTensor().shape) [| 0L; 7L |] "empty"
            Expect.equal (tensors["u"].ToTensor().data<byte>().ToArray()) [| 1uy; 2uy; 255uy |] "U8"
            Expect.equal (tensors["l"].ToTensor().ToInt64()) -5L "I64"
            Expect.equal (tensors["i"].ToTensor().ToInt32()) -6 "I32"
        }

        test "a file cut off at any byte is refused" {
            for length in 0 .. valid.Length - 1 do
                Expect.throwsT<InvalidDataException> (fun () -> read valid[.. length - 1] |> ignore) $"{length} bytes"
        }

        test "a file with any one byte changed is read or refused, never worse" {
            for position in 0 .. valid.Length - 1 do
                for change in [ 1uy; 0x20uy; 0x80uy; 0xFFuy ] do
                    let bytes = Array.copy valid
                    bytes[position] <- bytes[position] ^^^ change
                    survives bytes
        }

        testPropertyWithConfig
            { FsCheckConfig.defaultConfig with maxTest = 500 }
            "any bytes behind any header length are read or refused"
            (fun (length: byte) (bytes: byte[]) -> survives (Array.concat [ [| length |]; zeros 7; bytes ]))

        testPropertyWithConfig
            { FsCheckConfig.defaultConfig with maxTest = 500 }
            "any header of JSON pieces is read or refused"
            (fun (pieces: byte[]) (data: byte[]) ->
                let vocabulary = [|
                    "{"
                    "}"
                    "["
                    "]"
                    ","
                    ":"
                    "\"a\""
                    "\"dtype\""
                    "\"shape\""
                    "\"data_offsets\""
                    "\"F32\""
                    "0"
                    "1"
                    "-1"
                    "1e9"
                    "\"__metadata__\""
                    "null"
                    entry "U8" "[1]" 0 1
                |]

                let header = pieces |> Array.map (fun p -> vocabulary[int p % vocabulary.Length])
                survives (file ("{\"x\":" + String.concat "" header) data))

        test "a claim of gigabytes allocates nothing of the sort" {
            let bytes = one (entry "U8" "[2000000000]" 0 2000000000L) (zeros 4)
            let before = GC.GetAllocatedBytesForCurrentThread()
            survives bytes
            survives (claims 99_999_999UL)
            let allocated = GC.GetAllocatedBytesForCurrentThread() - before
            Expect.isLessThan allocated 1_000_000L "bytes allocated"
        }

        test "every half-precision number is widened exactly" {
            for bits, value in Array.indexed (everyPattern "F16") do
                let exact = halfValue (uint16 bits)
                Expect.isTrue (float value = exact || Double.IsNaN exact && Single.IsNaN value) $"0x%04x{bits}"
        }

        test "every BF16 number is the single with the same upper half" {
            for bits, value in Array.indexed (everyPattern "BF16") do
                Expect.equal (BitConverter.SingleToUInt32Bits value) (uint32 bits <<< 16) $"0x%04x{bits}"
        }

        test "what is written is read back, the same bytes every time and in any order" {
            use _ = torch.NewDisposeScope()

            let tensors = [
                "weight", torch.randn (3L, 4L)
                "Ümlaut \"quoted\"", torch.randn([| 2L; 1L; 3L |]).transpose(0L, 2L)
                "double", torch.randn ([| 5L |], torch.float64)
                "ids", torch.arange 7L
                "byte", torch.tensor ([| 1uy; 2uy; 3uy |])
                "scalar", torch.tensor 2.5f
                "none", torch.zeros (0L, 3L)
            ]

            let write tensors =
                use stream = new MemoryStream()

                Safetensors.Write(
                    stream,
                    dictionary tensors,
                    SafetensorsDtype.F32,
                    dict [ "b", "2"; "a", "1" ] |> Dictionary
                )

                stream.ToArray()

            let bytes = write tensors
            Expect.equal (write (List.rev tensors)) bytes "order does not matter"
            let back = read bytes
            Expect.equal back.Metadata["a"] "1" "metadata"

            Expect.sequenceEqual
                back.Keys
                (tensors |> List.map fst |> List.sortWith (fun a b -> String.CompareOrdinal(a, b)))
                "names"

            for name, tensor in tensors do
                let read = back[name].ToTensor()
                Expect.equal read.shape tensor.shape name
                Expect.isTrue (torch.allclose (read, tensor.``to`` read.dtype, 0.0, 0.0)) name
        }

        test "F16 is rounded to nearest, and refused where it would become infinite" {
            use _ = torch.NewDisposeScope()

            let written (values: float32[]) =
                use stream = new MemoryStream()
                Safetensors.Write(stream, dictionary [ "a", torch.tensor values ], SafetensorsDtype.F16, null)
                let tensors = read (stream.ToArray())
                floats (tensors["a"].ToTensor())

            // Halves near 1 are 2^-10 apart, and a tie goes to the even one.
            Expect.equal
                (written [| 1.0f + 0.00049f; 1.0f + 0.00048828125f; 65504.0f |])
                [| 1.0009765625f; 1.0f; 65504.0f |]
                "rounded"

            Expect.throwsC (fun () -> written [| 65520.0f |] |> ignore) (fun error ->
                Expect.stringContains error.Message "65520" "names the value")
        }

        test "a failed write leaves the old file and nothing else" {
            temporary (fun folder ->
                use _ = torch.NewDisposeScope()
                let path = Path.Combine(folder, "w.safetensors")
                Safetensors.Write(path, dictionary [ "a", torch.ones 3L ])
                let before = File.ReadAllBytes path

                Expect.throwsT<ArgumentException>
                    (fun () ->
                        Safetensors.Write(
                            path,
                            dictionary [ "a", torch.ones 3L; "z", torch.ones (3L, torch.complex64) ]
                        ))
                    "complex numbers have no type here"

                Expect.equal (File.ReadAllBytes path) before "old file"
                Expect.hasLength (Directory.GetFiles folder) 1 "no temporary file")
        }

        test "pickles are refused by their extension, with the way to convert" {
            for path in [ "x/unet.bin"; "model.ckpt"; "a.pt"; "A.PTH" ] do
                Expect.throwsC (fun () -> Safetensors.Read path |> ignore) (fun error ->
                    Expect.stringContains error.Message "safetensors" path)
        }
    ]
