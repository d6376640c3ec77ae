module DreamTime.Diffusion.Tests.TrainingVocabularyTests

open System.IO
open System.Linq
open Expecto
open DreamTime.Diffusion
open DreamTime.Training

let private withTokenizer (check: ClipTokenizer -> unit) =
    let folder = Directory.CreateTempSubdirectory("dreamtime-vocabulary-").FullName

    try
        for file in PriorVocabulary.Files() do
            File.WriteAllText(Path.Combine(folder, file.Key), file.Value)

        check (ClipTokenizer.Load(ModelFolder.At folder, ""))
    finally
        Directory.Delete(folder, true)

let tests =
    testList "Training vocabulary" [
        test "every known word is one token" {
            withTokenizer (fun tokenizer ->
                for word in PriorVocabulary.Words do
                    Expect.equal (tokenizer.Encode(word).Length) 3 $"\"{word}\" between its start and end")
        }

        test "every word of 5,000 captions is known, but for about three in a hundred captions with a nonsense word" {
            withTokenizer (fun tokenizer ->
                let known = PriorVocabulary.Words.ToHashSet()

                let strange =
                    [ 0L .. 4_999L ]
                    |> List.map (fun index ->
                        tokenizer.Words(SceneSampler.At(1L, index).Caption)
                        |> Seq.filter (known.Contains >> not)
                        |> Seq.length)

                Expect.isLessThanOrEqual (List.max strange) 2 "at most one for each object of a caption"
                let share = float (strange |> List.filter ((<) 0) |> List.length) / 5_000.0
                // 3 % an object, 8 % with two objects, 10 % empty; 5 standard deviations of the count
                Expect.isLessThan (abs (share - 0.029)) 0.012 $"{share}")
        }

        test "every caption fits the model's length" {
            withTokenizer (fun tokenizer ->
                let longest =
                    [ 0L .. 4_999L ]
                    |> List.map (fun index -> tokenizer.Encode(SceneSampler.At(1L, index).Caption).Length)
                    |> List.max

                Expect.isLessThanOrEqual longest PriorVocabulary.Length "start and end included")
        }

        test "any other text is tokens too" {
            withTokenizer (fun tokenizer ->
                let ids = tokenizer.Encode "zebra ünïcode 🍄"
                Expect.isGreaterThan ids.Length 6 "bytes"

                Expect.isTrue
                    (ids |> Array.forall (fun id -> id < PriorVocabulary.Tokens.Count))
                    "ids within the vocabulary")
        }

        test "tokens are distinct" {
            Expect.equal (PriorVocabulary.Tokens.Distinct().Count()) PriorVocabulary.Tokens.Count "one id a token"
        }
    ]
