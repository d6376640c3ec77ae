module DreamTime.Diffusion.Tests.TokenizerTests

open System
open System.IO
open System.Text.Json
open Expecto
open DreamTime.Diffusion

let private strings () =
    let path = GoldenFixture.Folder "tokenizer"

    let document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(path, "clip_tokens.json")))

    [
        for case in document.RootElement.GetProperty("cases").EnumerateArray() ->
            nonNull (case.GetProperty("text").GetString()),
            [| for id in case.GetProperty("ids").EnumerateArray() -> id.GetInt32() |]
    ]

let private clip () =
    ClipTokenizer.Load(SharedGolden.folder "tokenizer", "")

/// A tokenizer of single letters, in a folder of its own.
let private letters extraFiles =
    let folder = Directory.CreateTempSubdirectory("dreamtime-tokenizer-").FullName

    let tokens = [
        for c in 'a' .. 'z' do
            string c
        for c in 'a' .. 'z' do
            string c + "</w>"
        "<|startoftext|>"
        "<|endoftext|>"
        "!"
        "!</w>"
        "at</w>"
    ]

    let vocabulary =
        JsonSerializer.Serialize(dict (List.indexed tokens |> List.map (fun (i, t) -> t, i)))

    File.WriteAllText(Path.Combine(folder, "vocab.json"), vocabulary)
    File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\na t</w>\n")

    for name: string, text: string in extraFiles do
        File.WriteAllText(Path.Combine(folder, name), text)

    folder

let private withLetters extraFiles check =
    let folder = letters extraFiles

    try
        check (ModelFolder.At folder)
    finally
        Directory.Delete(folder, true)

let private start, finish, mark = 52, 53, 54

let tests =
    testList "ClipTokenizer" [
        test "ids of every golden string equal those of CLIP's fast tokenizer" {
            let tokenizer = clip ()
            let strings = strings ()

            for text, ids in strings do
                Expect.sequenceEqual (tokenizer.Encode text) ids $"%A{text}"

            printfn "tokenizer: %d strings" strings.Length
        }

        test "padded texts have the model's length, end with the end and pad with what the model pads with" {
            for model, padding in [ "sd15-tiny", 999L; "sd21-tiny", 0L ] do
                let tokenizer = ClipTokenizer.Load(SharedGolden.folder model)
                let short = tokenizer.EncodePadded "a cat"
                let plain = tokenizer.Encode "a cat" |> Array.map int64
                Expect.hasLength short 77 model
                Expect.sequenceEqual short[.. plain.Length - 1] plain model
                Expect.all short[plain.Length ..] ((=) padding) $"{model} pads with {padding}"
                let long = String.replicate 100 "cat "
                let cut = tokenizer.EncodePadded long
                let whole = tokenizer.Encode long |> Array.map int64

                Expect.sequenceEqual
                    cut
                    (Array.append whole[..75] [| Array.last whole |])
                    $"{model} keeps 76 and the end"
        }

        test "merges apply, unknown characters become the unknown token, special tokens are recognised in any case" {
            withLetters [] (fun folder ->
                let tokenizer = ClipTokenizer.Load(folder, "")
                Expect.sequenceEqual (tokenizer.Encode "A CAT") [ start; 26; 2; 56; finish ] "cat = c at</w>"
                Expect.sequenceEqual (tokenizer.Encode "<|ENDOFTEXT|>!") [ start; finish; 55; finish ] "special"
                Expect.isTrue (tokenizer.Encode "7" |> Array.contains finish) "7 is unknown, which the end stands for"
                Expect.equal tokenizer.MaxLength 77 "CLIP's length where no file says another")
        }

        test "the special tokens map wins over the configuration, as strings or objects" {
            let config = """{"pad_token": "a", "model_max_length": 5}"""
            let map = """{"pad_token": {"content": "!"}}"""

            withLetters [ "tokenizer_config.json", config; "special_tokens_map.json", map ] (fun folder ->
                Expect.sequenceEqual
                    (ClipTokenizer.Load(folder, "").EncodePadded "b")
                    [ int64 start; 27L; int64 finish; int64 mark; int64 mark ]
                    "map")

            withLetters [ "tokenizer_config.json", config ] (fun folder ->
                Expect.equal (ClipTokenizer.Load(folder, "").EncodePadded("b")[4]) 0L "configuration")
        }

        test "broken files are named" {
            for file, text, expected in
                [
                    "vocab.json", "[1]", "vocab.json"
                    "vocab.json", "{}", "empty"
                    "merges.txt", "#version: 0.2\nq\n", "merges.txt"
                    "special_tokens_map.json", "{", "special_tokens_map.json"
                    "special_tokens_map.json", """{"bos_token": "nowhere"}""", "nowhere"
                ] do
                withLetters [ file, text ] (fun folder ->
                    Expect.throwsC (fun () -> ClipTokenizer.Load(folder, "") |> ignore) (fun error ->
                        Expect.isTrue (error :? InvalidDataException) $"{file} {text}: {error}"
                        Expect.stringContains error.Message expected text))
        }

        test "words are what a person would call words, in lower case" {
            withLetters [] (fun folder ->
                let tokenizer = ClipTokenizer.Load(folder, "")

                Expect.sequenceEqual
                    (tokenizer.Words "A  DSLR photo,\n it's 42!")
                    [ "a"; "dslr"; "photo"; ","; "it"; "'s"; "4"; "2"; "!" ]
                    "words"

                Expect.isEmpty (tokenizer.Words " \t\u3000 ") "white space")
        }

        test "composed and decomposed letters are the same word" {
            withLetters [] (fun folder ->
                let tokenizer = ClipTokenizer.Load(folder, "")

                for text, words in
                    [
                        "e\u0301", [ "é" ]
                        "e\u0302\u0323", [ "ệ" ] // marks in the wrong order
                        "\u1100\u1161\u1100\u1161\u11a8", [ "가각" ]
                        "\u212b", [ "å" ] // the Ångström sign is never composed again
                        "\u0958", [ "\u0915"; "\u093c" ] // excluded from composition; a mark is no letter
                        "\U0001d15e", [ "\U0001d157\U0001d165" ] // beyond the first plane
                        "a\u0300\u0301", [ "à"; "\u0301" ] // the second mark finds no composition
                    ] do
                    Expect.sequenceEqual (tokenizer.Words text) words $"%A{text}")
        }
    ]
