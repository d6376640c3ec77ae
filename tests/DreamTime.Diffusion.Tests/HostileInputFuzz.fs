module DreamTime.Diffusion.Tests.HostileInputFuzz

open System
open System.IO
open System.Text
open System.Text.Json
open Expecto
open DreamTime.Diffusion

/// The same inputs on every machine and in every run.
let private seed = 20_240_611

/// Pieces that headers and configurations are made of, and numbers at the borders of what fits somewhere.
let private words = [|
    "{"
    "}"
    "["
    "]"
    ","
    ":"
    "\""
    "\\"
    "\\u0000"
    "null"
    "true"
    "-1"
    "0"
    "1"
    "4"
    "2147483648"
    "4294967297"
    "9223372036854775807"
    "18446744073709551616"
    "1e308"
    "-0.0"
    "\"F32\""
    "\"BF16\""
    "\"dtype\""
    "\"shape\""
    "\"data_offsets\""
    "\"__metadata__\""
    "\"a\""
    "[[[["
    "\u2028"
|]

let private splice (random: Random) (bytes: byte[]) =
    let first = random.Next(bytes.Length + 1)
    let removed = min (random.Next 12) (bytes.Length - first)
    let word = Encoding.UTF8.GetBytes words[random.Next words.Length]
    Array.concat [ bytes[.. first - 1]; word; bytes[first + removed ..] ]

let private flip (random: Random) (bytes: byte[]) =
    let changed = Array.copy bytes

    if changed.Length > 0 then
        let place = random.Next changed.Length
        changed[place] <- changed[place] ^^^ (1uy <<< random.Next 8)

    changed

let private cut (random: Random) (bytes: byte[]) =
    bytes[.. random.Next(bytes.Length + 1) - 1]

let private repeat (random: Random) (bytes: byte[]) =
    let first = random.Next(bytes.Length + 1)
    let length = min (random.Next 40) (bytes.Length - first)
    Array.concat [ bytes[.. first + length - 1]; bytes[first..] ]

/// One to four changes.
let private mutate (random: Random) (bytes: byte[]) =
    let changes = [| splice; splice; flip; cut; repeat |]

    Seq.init (1 + random.Next 4) id
    |> Seq.fold (fun bytes _ -> changes[random.Next changes.Length] random bytes) bytes

/// A file around a header, whose length is right four times in five.
let private file (random: Random) (header: byte[]) (data: byte[]) =
    let length =
        match random.Next 10 with
        | 0 -> random.NextInt64()
        | 1 -> int64 (random.Next(header.Length + data.Length + 9))
        | _ -> header.LongLength

    Array.concat [ BitConverter.GetBytes length; header; data ]

let private header =
    """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b.weight":{"dtype":"F16","shape":[3],"data_offsets":[8,14]},"c":{"dtype":"I64","shape":[],"data_offsets":[14,22]}}"""

/// Runs `read` on so many inputs: it succeeds, or fails as it says it does, having allocated no more than the input justifies.
let private fuzz count (next: Random -> byte[]) (read: byte[] -> unit) (expected: exn -> bool) =
    let random = Random seed
    let mutable accepted = 0

    for index in 1..count do
        let bytes = next random
        let before = GC.GetAllocatedBytesForCurrentThread()

        try
            read bytes
            accepted <- accepted + 1
        with error when expected error ->
            Expect.isFalse (error.Message.Contains '\n') $"input {index}: one line, {error.Message}"

        let allocated = GC.GetAllocatedBytesForCurrentThread() - before
        // A parsed document, names and messages take a few times their text; an exception and its trace some kilobytes.
        Expect.isLessThan
            allocated
            (64L * bytes.LongLength + 100_000L)
            $"input {index}, {bytes.Length} bytes: allocated"

    accepted

let private configs: (string * string * (string -> unit)) list = [
    "UNet2DConditionModel",
    """{"in_channels":4,"out_channels":4,"block_out_channels":[32,64],"down_block_types":["CrossAttnDownBlock2D","DownBlock2D"],"up_block_types":["UpBlock2D","CrossAttnUpBlock2D"],"attention_head_dim":[2,4],"layers_per_block":1,"norm_num_groups":8,"cross_attention_dim":16,"act_fn":"silu"}""",
    fun text -> UNet2DConditionConfig.Parse text |> ignore
    "CLIPTextModel",
    """{"vocab_size":10,"hidden_size":8,"num_attention_heads":2,"hidden_act":"quick_gelu","layer_norm_eps":1e-05}""",
    fun text -> CLIPTextConfig.Parse text |> ignore
    "T5EncoderModel",
    """{"model_type":"t5","d_model":32,"d_kv":6,"num_heads":4,"feed_forward_proj":"gated-gelu","relative_attention_num_buckets":32}""",
    fun text -> T5Config.Parse text |> ignore
    "AutoencoderKL",
    """{"block_out_channels":[8,16],"down_block_types":["DownEncoderBlock2D","DownEncoderBlock2D"],"up_block_types":["UpDecoderBlock2D","UpDecoderBlock2D"],"latent_channels":4,"norm_num_groups":4}""",
    fun text -> AutoencoderKLConfig.Parse text |> ignore
    "scheduler",
    """{"num_train_timesteps":10,"beta_start":0.1,"beta_end":0.2,"beta_schedule":"scaled_linear","prediction_type":"epsilon","steps_offset":1,"lambda_min_clipped":-Infinity}""",
    fun text -> SchedulerConfig.Parse text |> ignore
]

let tests =
    testList "Hostile input" [
        test "100,000 mutated safetensors files are read or refused in one line, within their own size" {
            let data = Array.zeroCreate<byte> 22

            let next (random: Random) =
                let text = mutate random (Encoding.UTF8.GetBytes header)
                let bytes = file random text data
                if random.Next 4 = 0 then mutate random bytes else bytes

            let read (bytes: byte[]) =
                use stream = new MemoryStream(bytes)
                Safetensors.Read stream |> ignore

            let accepted = fuzz 100_000 next read (fun error -> error :? InvalidDataException)
            printfn "safetensors: %d of 100000 mutated files were still valid" accepted
            Expect.isGreaterThan accepted 100 "some mutations leave a file valid"
        }

        for name, text, parse in configs do
            test $"5,000 mutated configurations of {name} are read or refused" {
                let next (random: Random) =
                    mutate random (Encoding.UTF8.GetBytes text)

                let isRefusal (error: exn) =
                    match error with
                    | :? JsonException
                    | :? NotSupportedException
                    | :? FormatException
                    | :? ArgumentException -> true
                    | _ -> false

                let accepted = fuzz 5_000 next (Encoding.UTF8.GetString >> parse) isRefusal
                printfn "%s: %d of 5000 mutated configurations were still valid" name accepted
            }
    ]
