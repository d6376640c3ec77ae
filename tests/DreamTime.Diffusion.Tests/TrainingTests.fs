module DreamTime.Diffusion.Tests.TrainingTests

open System
open System.IO
open System.Threading
open Expecto
open DreamTime.Diffusion
open DreamTime.Training

let private tiny =
    PriorArchitecture(
        ImageSize = 8,
        Channels = [| 8; 8 |],
        Heads = [| 1; 2 |],
        NormGroups = 4,
        TextWidth = 8,
        TextLayers = 1
    )

let private withFolder (check: string -> unit) =
    let folder = Directory.CreateTempSubdirectory("dreamtime-training-").FullName

    try
        check folder
    finally
        Directory.Delete(folder, true)

let private trainAt rate output (steps: int64) resume weights =
    PriorTrainer.Train(
        TrainingOptions(
            Output = output,
            Steps = Nullable steps,
            Resume = resume,
            InitialWeights = weights,
            LearningRate = rate,
            Batch = 4,
            WarmUpSteps = 2,
            DecayShare = 0.0,
            ValidationImages = 64,
            SamplePrompts = [| "a red sphere" |],
            Architecture = tiny
        ),
        null,
        CancellationToken.None
    )

let private train output = trainAt 1e-3 output

let private file path = [ for entry in Safetensors.Read(path: string) -> entry.Key, entry.Value.Bytes.ToArray() ]

let private state folder =
    file (Path.Combine(folder, "checkpoint.safetensors"))

let private unet folder =
    file (Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"))

let tests =
    testSequenced
    <| testList "Training" [
        test "a resumed run has the weights, averages and moments of an unbroken one, bit for bit" {
            withFolder (fun folder ->
                let whole, broken = Path.Combine(folder, "whole"), Path.Combine(folder, "broken")
                train whole 6L false null |> ignore
                train broken 3L false null |> ignore
                let early = state broken
                let last = train broken 6L true null
                Expect.equal last.Step 6L "steps"
                Expect.notEqual early (state broken) "the run went on"
                Expect.equal (state broken) (state whole) "states")
        }

        test "training lowers the validation loss, and the captions take part in it" {
            withFolder (fun folder ->
                let first = train (Path.Combine(folder, "first")) 1L false null
                let later = trainAt 3e-3 (Path.Combine(folder, "later")) 50L false null

                Expect.isLessThan
                    later.ValidationLoss.Value
                    (0.9 * first.ValidationLoss.Value)
                    $"{first.ValidationLoss} to {later.ValidationLoss}"

                Expect.isGreaterThan later.TextGradientNorm 0.0 "the text encoder's gradient")
        }

        test "a run can begin with exported weights" {
            withFolder (fun folder ->
                let first, second = Path.Combine(folder, "first"), Path.Combine(folder, "second")
                train first 2L false null |> ignore
                trainAt 0.0 second 1L false first |> ignore
                Expect.equal (unet second) (unet first) "half precision survives the way through single")
        }

        test "the exported folder is a prior: it loads, embeds, draws, and knows the captions' words" {
            withFolder (fun folder ->
                train folder 1L false null |> ignore
                use prior = Prior.Load(PriorSource.Folder folder)
                Expect.equal prior.ImageSize 8 "pixels"
                Expect.equal prior.Noise.Timesteps 1000 "T"
                use text = prior.EncodePrompt "a red mushroom"
                Expect.equal (List.ofArray text.shape) [ 1L; int64 PriorVocabulary.Length; 8L ] "embedding"
                Expect.sequenceEqual (prior.UnknownWords "a red zebra on a mug, side view") [ "zebra" ] "unknown words"
                let views = nonNull prior.Views
                Expect.equal (views.Elevation.Low, views.Elevation.High) (-10.0, 60.0) "elevations"

                let sheet =
                    SampleSheet.Draw(prior, [| "a red sphere"; "" |], 1L, 4.0, CancellationToken.None)

                Expect.all sheet.Images (fun value -> value >= 0f && value <= 1f) "display values"

                let again =
                    SampleSheet.Draw(prior, [| "a red sphere"; "" |], 1L, 4.0, CancellationToken.None)

                Expect.sequenceEqual again.Images sheet.Images "the same seed draws the same")
        }

        test "a sample sheet and a line of log are left behind" {
            withFolder (fun folder ->
                train folder 1L false null |> ignore
                Expect.equal (Directory.GetFiles(Path.Combine(folder, "samples")).Length) 1 "sheets"
                Expect.equal (File.ReadAllLines(Path.Combine(folder, "log.jsonl")).Length) 1 "lines"

                Expect.isEmpty
                    (Directory.GetFiles(folder, "*.tmp", SearchOption.AllDirectories))
                    "nothing half-written")
        }

        test "the standard prior takes less than 8 MB" {
            use network = new PriorNetwork(PriorArchitecture.Standard)
            Expect.isLessThan (2 * network.Layout.Length) 7_900_000 "bytes of half-precision weights"
        }

        test "a run is never overwritten, and one without a budget is refused" {
            withFolder (fun folder ->
                train folder 1L false null |> ignore
                Expect.throwsT<IOException> (fun () -> train folder 1L false null |> ignore) "overwriting"

                Expect.throwsT<ArgumentException>
                    (fun () ->
                        PriorTrainer.Train(TrainingOptions(Output = folder), null, CancellationToken.None) |> ignore)
                    "no budget")
        }
    ]
