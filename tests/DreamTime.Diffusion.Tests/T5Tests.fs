module DreamTime.Diffusion.Tests.T5Tests

open System
open System.IO
open System.Text
open Expecto
open TorchSharp
open DreamTime.Diffusion

type private Tensor = torch.Tensor

let private folder = lazy (ModelFolder.At(GoldenFixture.Folder "if-tiny"))

let private config () =
    T5Config.Parse(folder.Value.ReadText "text_encoder/config.json")

let private load () =
    let encoder = new T5EncoderModel(config ())
    ModuleLoader.Load(encoder, folder.Value, folder.Value.WeightsFile "text_encoder")
    encoder

let private golden case mids =
    test $"if-tiny {case}: states, activations and gradient equal transformers'" {
        use _ = torch.NewDisposeScope()
        let fixture = GoldenFixture("if-tiny", "t5")
        let encoder = load ()
        let outputs = ModuleHooks.record mids encoder
        let mutable embedded = torch.zeros 1L
        let modules = dict [ for struct (path, m) in encoder.named_modules () -> path, m ]

        modules["shared"]
        |> ModuleHooks.onOutput (fun y ->
            embedded <- y.detach().DetachFromDisposeScope().requires_grad_()
            embedded)

        let states =
            encoder.call (fixture[$"in.{case}.input_ids"], fixture[$"in.{case}.attention_mask"])

        (states * fixture[$"in.{case}.w"]).sum().backward()

        for mid in mids do
            fixture.Compare($"mid.{case}.{mid}", outputs[mid])

        fixture.Compare($"out.{case}", states)
        fixture.Compare($"grad.{case}.inputs_embeds", nonNull embedded.grad)
        printfn "if-tiny t5 %s: largest error %.2f atol at %s" case (fst fixture.Worst) (snd fixture.Worst)
    }

/// A SentencePiece model as protobuf: the pieces with their scores and types, and the trainer's and the normaliser's settings.
module private SentencePiece =
    let private varint (number: int) = [
        let mutable rest = uint32 number

        while rest >= 128u do
            byte (rest &&& 127u ||| 128u)
            rest <- rest >>> 7

        byte rest
    ]

    let private bytes field (value: byte list) =
        varint (field <<< 3 ||| 2) @ varint value.Length @ value

    let private text field (value: string) =
        bytes field (List.ofArray (Encoding.UTF8.GetBytes value))

    let private number field value = varint (field <<< 3) @ varint value

    let private single field (value: float32) =
        varint (field <<< 3 ||| 5) @ List.ofArray (BitConverter.GetBytes value)

    let normal, unknown, control = 1, 2, 3

    let model (padding: int) (pieces: (string * float32 * int) list) =
        let unigram = 1

        let trainer =
            number 3 unigram @ number 40 2 @ number 41 -1 @ number 42 1 @ number 43 padding

        let normalizer = text 1 "identity" @ number 3 1 @ number 4 1 @ number 5 1

        [
            for piece, score, kind in pieces do
                yield! bytes 1 (text 1 piece @ single 2 score @ number 3 kind)

            yield! bytes 2 trainer
            yield! bytes 3 normalizer
        ]
        |> Array.ofList

let private pieces =
    let word = "\u2581"

    [
        "<pad>", 0.0f, SentencePiece.control
        "</s>", 0.0f, SentencePiece.control
        "<unk>", 0.0f, SentencePiece.unknown
        word + "a", -2.0f, SentencePiece.normal
        word + "cat", -5.0f, SentencePiece.normal
        word + "ca", -3.0f, SentencePiece.normal
        "t", -3.0f, SentencePiece.normal
        "s", -3.0f, SentencePiece.normal
        "ts", -3.5f, SentencePiece.normal
        word, -2.5f, SentencePiece.normal
        "c", -4.0f, SentencePiece.normal
        "a", -4.0f, SentencePiece.normal
    ]

let private withModel (bytes: byte[]) check =
    let folder = Directory.CreateTempSubdirectory("dreamtime-t5-").FullName

    try
        File.WriteAllBytes(Path.Combine(folder, "spiece.model"), bytes)
        check (ModelFolder.At folder)
    finally
        Directory.Delete(folder, true)

/// Writes the tokenizer into a new folder.
let writeTokenizer (folder: string) =
    Directory.CreateDirectory folder |> ignore
    File.WriteAllBytes(Path.Combine(folder, "spiece.model"), SentencePiece.model 0 pieces)

let private tokenizer check =
    withModel (SentencePiece.model 0 pieces) (fun folder -> check (T5Tokenizer.Load(folder, "")))

let private refused (part: string) (act: unit -> unit) =
    Expect.throwsC act (fun error ->
        Expect.isTrue (error :? InvalidDataException) $"{error}"
        Expect.stringContains error.Message part part)

let tests =
    testList "T5" [
        golden "short" [
            "encoder.block.0"
            "encoder.block.0.layer.0"
            "encoder.block.0.layer.1.DenseReluDense"
            "encoder.block.2"
        ]
        golden "len77" [ "encoder.block.1" ]
        golden "long" []

        test "buckets of relative positions equal transformers'" {
            use _ = torch.NewDisposeScope()
            let fixture = GoldenFixture("if-tiny", "t5")
            fixture.Compare("bucket.index", T5PositionBuckets.Of(fixture["bucket.relpos"], 32, 128))
        }

        test "what padding holds does not change the states of the text" {
            use _ = torch.NewDisposeScope()
            let encoder = load ()
            let ids = torch.tensor([| 5L; 9L; 1L; 0L; 0L |]).reshape(1L, 5L)
            let other = torch.tensor([| 5L; 9L; 1L; 77L; 3L |]).reshape(1L, 5L)
            let mask = torch.tensor([| 1L; 1L; 1L; 0L; 0L |]).reshape(1L, 5L)

            let text (ids: Tensor) (mask: Tensor | null) =
                encoder.call(ids, mask).narrow(1L, 0L, 3L)

            Expect.isTrue (torch.allclose (text ids mask, text other mask, 1e-5, 1e-6)) "masked"
            Expect.isFalse (torch.allclose (text ids null, text other null, 1e-5, 1e-6)) "seen"
        }

        test "weights that call the embedding by its other name, or have it twice, load" {
            use _ = torch.NewDisposeScope()

            let encoder =
                new T5EncoderModel(T5Config(VocabSize = 7, DModel = 4, DKv = 2, DFf = 8, NumLayers = 1, NumHeads = 3))

            let path = Directory.CreateTempSubdirectory("dreamtime-t5-").FullName

            try
                let state = dict [ for pair in encoder.state_dict () -> pair.Key, pair.Value ]
                let file = Path.Combine(path, "model.safetensors")

                let load =
                    fun () -> ModuleLoader.Load(encoder, ModelFolder.At path, "model.safetensors")

                let renamed =
                    dict [
                        for pair in state ->
                            (if pair.Key = "shared.weight" then "encoder.embed_tokens.weight" else pair.Key),
                            pair.Value.clone ()
                    ]

                Safetensors.Write(file, Collections.Generic.Dictionary renamed)
                load ()
                let twice = Collections.Generic.Dictionary renamed
                twice["shared.weight"] <- torch.full_like (state["shared.weight"], (3.0f).ToScalar())
                Safetensors.Write(file, twice)
                load ()
                Expect.equal (state["shared.weight"].mean().ToSingle()) 3.0f "its own name wins"
            finally
                Directory.Delete(path, true)
        }

        test "what a configuration asks for is computed or refused" {
            use _ = torch.NewDisposeScope()
            let parse text = T5Config.Parse text
            Expect.equal (parse "{}").FeedForwardProj "relu" "transformers' default"

            let plain =
                new T5EncoderModel(T5Config(VocabSize = 7, DModel = 4, DKv = 2, DFf = 8, NumLayers = 1, NumHeads = 3))

            let names = plain.state_dict().Keys |> List.ofSeq
            Expect.contains names "encoder.block.0.layer.1.DenseReluDense.wi.weight" "no gate"
            Expect.equal (plain.call(torch.zeros ([| 2L; 3L |], torch.int64), null).shape) [| 2L; 3L; 4L |] "shape"

            for text, part in
                [
                    """{"feed_forward_proj": "gated-tanh"}""", "feed_forward_proj"
                    """{"model_type": "mt5"}""", "model_type"
                    """{"relative_attention_num_buckets": 6}""", "multiple of 4"
                    """{"relative_attention_max_distance": 8}""", "quarter"
                    """{"d_kv": 0}""", "d_kv"
                ] do
                Expect.throwsC (fun () -> parse text |> ignore) (fun error ->
                    Expect.stringContains error.Message part text)

            Expect.throwsC
                (fun () -> plain.call (torch.zeros ([| 2L; 3L |], torch.int64), torch.ones (2L, 4L)) |> ignore)
                (fun error -> Expect.stringContains error.Message "attentionMask" "mask")
        }

        test "a text is cut into the pieces of the greatest sum of scores" {
            tokenizer (fun tokenizer ->
                for text, ids in
                    [
                        "a cat", [ 3; 4; 1 ] // -2 - 5, rather than -2 - 3 - 3
                        "cats", [ 5; 8; 1 ] // _ca ts: -6.5, rather than _cat s: -8
                        "  a   a ", [ 3; 3; 1 ] // white space only divides
                        "", [ 1 ]
                        " ", [ 1 ]
                        "a q", [ 3; 9; 2; 1 ] // an unknown letter
                    ] do
                    Expect.sequenceEqual (tokenizer.Encode text) ids $"%A{text}")
        }

        test "special tokens in a text are recognised, and what stands between them is text" {
            tokenizer (fun tokenizer ->
                for text, ids in
                    [
                        "a</s>", [ 3; 1 ] // the end is not doubled
                        "a </s> cat", [ 3; 1; 4; 1 ]
                        "</s>", [ 1 ]
                        "a<pad>a", [ 3; 0; 3; 1 ] // each part begins a word
                        "<unk>", [ 2; 1 ]
                        "<extra_id_0> a", [ 12 + 99; 3; 1 ] // sentinels follow the 12 pieces backwards
                        "a<extra_id_99><extra_id_1>", [ 3; 12; 12 + 98; 1 ]
                    ] do
                    Expect.sequenceEqual (tokenizer.Encode text) ids $"%A{text}"

                // What only looks like one is text: 9 is the white space, 2 the unknown letter.
                for text in [ "<extra_id_100>"; "<extra_id_01>"; "</S>"; "< pad>" ] do
                    let ids = List.ofSeq (tokenizer.Encode text)
                    Expect.isTrue (List.contains 2 ids && List.forall (fun id -> id < 12) ids) $"{text}: {ids}"

                let struct (ids, mask) = tokenizer.EncodePadded("a <pad> </s>", 5)
                Expect.sequenceEqual ids [ 3L; 0L; 1L; 0L; 0L ] "given padding, then the end, then padding"
                Expect.sequenceEqual mask [ 1L; 1L; 1L; 0L; 0L ] "given padding is text"
                let struct (ids, _) = tokenizer.EncodePadded("a a </s> a", 4)
                Expect.sequenceEqual ids [ 3L; 3L; 1L; 0L ] "cut behind an end, which is not doubled")
        }

        test "the number of sentinels is the tokenizer's own" {
            withModel (SentencePiece.model 0 pieces) (fun folder ->
                let write (text: string) =
                    File.WriteAllText(Path.Combine(folder.Name, "tokenizer_config.json"), text)

                write """{"extra_ids": 2}"""
                let tokenizer = T5Tokenizer.Load(folder, "")
                Expect.sequenceEqual (tokenizer.Encode "<extra_id_0><extra_id_1>") [ 13; 12; 1 ] "two"

                for text in [ """{"extra_ids": -1}"""; """{"extra_ids": "two"}"""; "{" ] do
                    write text
                    refused "tokenizer_config.json" (fun () -> T5Tokenizer.Load(folder, "") |> ignore))
        }

        test "padded texts have the length asked for, end with the end, and a mask of what is text" {
            tokenizer (fun tokenizer ->
                let struct (ids, mask) = tokenizer.EncodePadded("a cat", 5)
                Expect.sequenceEqual ids [ 3L; 4L; 1L; 0L; 0L ] "padded"
                Expect.sequenceEqual mask [ 1L; 1L; 1L; 0L; 0L ] "mask"
                let struct (ids, mask) = tokenizer.EncodePadded("a a a a a", 4)
                Expect.sequenceEqual ids [ 3L; 3L; 3L; 1L ] "cut"
                Expect.sequenceEqual mask [ 1L; 1L; 1L; 1L ] "all text")
        }

        test "a broken model of pieces is named" {
            let whole = SentencePiece.model 0 pieces
            let load (folder: ModelFolder) = T5Tokenizer.Load(folder, "") |> ignore

            for bytes in [ whole[.. whole.Length / 3]; Array.create 100 0xffuy; "PK\003\004 no model"B ] do
                withModel bytes (fun folder -> refused "spiece.model" (fun () -> load folder))

            let unpadded = SentencePiece.model -1 pieces
            withModel unpadded (fun folder -> refused "<pad>" (fun () -> load folder))
        }
    ]
