module DreamTime.Diffusion.Tests.PixelPriorTests

open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion

/// if-tiny's first stage as a model folder, with a tokenizer made for the test. Changes the U-Net's part where told.
let private using (unet: string) check =
    let path = Directory.CreateTempSubdirectory("dreamtime-if-").FullName

    let copy (from: string) part =
        let target = Directory.CreateDirectory(Path.Combine(path, part)).FullName

        for file in Directory.GetFiles(Path.Combine(GoldenFixture.Folder "if-tiny", from)) do
            File.Copy(file, Path.Combine(target, nonNull (Path.GetFileName file)))

    try
        copy unet "unet"
        copy "text_encoder" "text_encoder"
        copy "scheduler" "scheduler"

        File.WriteAllText(
            Path.Combine(path, "model_index.json"),
            """{"_class_name": "IFPipeline", "text_encoder": ["transformers", "T5EncoderModel"], "tokenizer": ["transformers", "T5Tokenizer"],
                "unet": ["diffusers", "UNet2DConditionModel"], "scheduler": ["diffusers", "DDPMScheduler"], "safety_checker": [null, null]}"""
        )

        T5Tests.writeTokenizer (Path.Combine(path, "tokenizer"))
        check path
    finally
        Directory.Delete(path, true)

let tests =
    testSequenced
    <| testList "DeepFloyd-IF" [
        test "its first stage is a prior of pixels that every kind of sampler draws from" {
            using "unet" (fun path ->
                use _ = torch.NewDisposeScope()
                use prior = Prior.Load(PriorSource.Folder path)
                Expect.equal prior.ImageSize 8 "pixels"
                Expect.isTrue (prior.Codec :? PixelCodec) "no autoencoder"
                let sampler = TextToImage prior

                for kind in [ SamplerKind.Ddpm; SamplerKind.Ddim ] do
                    let sample seed =
                        sampler.Sample("a red mushroom", SampleOptions(Sampler = kind, Steps = 3, Seed = seed))

                    let image = sample 1L
                    Expect.sequenceEqual image.shape [ 1L; 3L; 8L; 8L ] $"{kind}"
                    Expect.isTrue (image.isfinite().all().item<bool>()) $"{kind}"
                    Expect.isTrue (image.equal(sample 1L).all().item<bool>()) $"{kind}: a function of the seed")
        }

        test "a later stage, which needs class labels or more channels, is refused by name" {
            using "unet_stage2" (fun path ->
                Expect.throwsC (fun () -> (Prior.Load(PriorSource.Folder path)).Dispose()) (fun error ->
                    Expect.stringContains error.Message "6 channels" "what it takes"))
        }
    ]
