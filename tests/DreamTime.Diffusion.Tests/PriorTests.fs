module DreamTime.Diffusion.Tests.PriorTests

open System
open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private load (path: string) = Prior.Load(PriorSource.Folder path)

/// Each way to spoil a prior, and what its error must be and say.
let private spoiled: (string * (string -> unit) * Type * string) list =
    let file (path: string) name = Path.Combine(path, name)
    let delete name path = File.Delete(file path name)
    let write name (text: string) path = File.WriteAllText(file path name, text)

    let replace name (was: string) (becomes: string) path =
        let text = File.ReadAllText(file path name)
        File.WriteAllText(file path name, text.Replace(was, becomes))

    [
        "no index", delete "model_index.json", typeof<FileNotFoundException>, "diffusers' layout"
        "an index that is no JSON", write "model_index.json" "{", typeof<InvalidDataException>, "model_index.json"
        "an index that is a list", write "model_index.json" "[]", typeof<InvalidDataException>, "model_index.json"
        "no vae in the index", replace "model_index.json" "\"vae\"" "\"x\"", typeof<InvalidDataException>, "no vae"
        "another codec",
        replace "model_index.json" "PixelUnshuffle" "AutoencoderTiny",
        typeof<NotSupportedException>,
        "AutoencoderTiny"
        "another U-Net",
        replace "model_index.json" "UNet2DConditionModel" "UNet3D",
        typeof<NotSupportedException>,
        "UNet3D"
        "no U-Net weights",
        delete "unet/diffusion_pytorch_model.safetensors",
        typeof<FileNotFoundException>,
        "unet/diffusion_pytorch_model.safetensors"
        "weights that are pickled",
        (fun path -> File.Move(file path "text_encoder/model.safetensors", file path "text_encoder/pytorch_model.bin")),
        typeof<InvalidDataException>,
        "pickle"
        "weights that are cut off",
        (fun path ->
            let weights = file path "unet/diffusion_pytorch_model.safetensors"
            let bytes = File.ReadAllBytes weights
            File.WriteAllBytes(weights, bytes[.. bytes.Length - 2])),
        typeof<InvalidDataException>,
        "cut off"
        "the parts' weights swapped",
        (fun path ->
            File.Copy(
                file path "text_encoder/model.safetensors",
                file path "unet/diffusion_pytorch_model.safetensors",
                true
            )),
        typeof<InvalidDataException>,
        "missing"
        "a codec of other channels", replace "vae/config.json" "2" "3", typeof<InvalidDataException>, "27"
        "no factor", write "vae/config.json" "{}", typeof<ArgumentException>, "downscale_factor"
        "no size", replace "unet/config.json" "\"sample_size\": 4," "", typeof<InvalidDataException>, "sample_size"
        "views without a distance",
        write "dreamtime.json" """{"fovy": 45, "elevation": [0, 1]}""",
        typeof<FormatException>,
        "distance is missing"
        "views in reverse", replace "dreamtime.json" "[-10, 60]" "[60, -10]", typeof<FormatException>, "elevation"
        "captions of an unknown kind",
        replace "dreamtime.json" "\"fovy\"" "\"view_captions\": \"clock\", \"fovy\"",
        typeof<FormatException>,
        "view_captions is \"clock\", and should be \"words\" or \"degrees\""
        "a schedule that is none",
        replace "dreamtime.json" "\"fovy\"" "\"schedule\": \"snr * gausian 500 125\", \"fovy\"",
        typeof<FormatException>,
        "dreamtime.json: schedule"
        "words that are none", replace "dreamtime.json" "\"red\"" "1", typeof<FormatException>, "known_words"
    ]

let tests =
    testList "Prior" [
        test "a folder in diffusers' layout becomes a prior" {
            use _ = torch.NewDisposeScope()

            TinyPrior.using (fun path ->
                use prior = load path
                Expect.equal (prior.Name, prior.ImageSize, prior.Noise.Timesteps) (path, 8, 1000) "name, size, T"
                Expect.equal (prior.Codec.Channels, prior.Codec.Factor) (12, 2) "codec"
                Expect.stringHasLength prior.Hash 16 "hash"
                let views = nonNull prior.Views
                Expect.equal (views.FovY, views.Elevation) (Interval(45.0, 45.0), Interval(-10.0, 60.0)) "views"
                let text = prior.EncodePrompt "a red mushroom"
                Expect.equal text.shape [| 1L; 16L; 16L |] "embedding"
                let noisy = torch.randn ([| 2L; 12L; 4L; 4L |])

                let eps =
                    prior.Denoiser.PredictNoise(noisy, [| 1; 1000 |], text.expand (2L, -1L, -1L))

                Expect.equal eps.shape noisy.shape "noise"
                Expect.isFalse (eps.requires_grad || text.requires_grad) "nothing is recorded for training"
                Expect.isTrue (eps.isfinite().all().ToBoolean()) "finite")
        }

        test "a folder in Stable Diffusion's form becomes a prior, whose images go through its autoencoder" {
            use _ = torch.NewDisposeScope()

            TinyPrior.usingStableDiffusion (fun path ->
                use prior = load path
                Expect.equal (prior.ImageSize, prior.Codec.Channels, prior.Codec.Factor) (8, 4, 2) "size and codec"
                use again = load path
                Expect.equal again.Hash prior.Hash "the same hash for the same weights"
                let image = torch.rand([| 2L; 3L; 8L; 8L |]).requires_grad_()
                let latent = prior.Codec.Encode image
                Expect.equal latent.shape [| 2L; 4L; 4L; 4L |] "latent"
                latent.sum().backward()
                Expect.isGreaterThan ((nonNull image.grad).abs().max().ToDouble()) 0.0 "the encoder is differentiable"

                let drawn = TextToImage(prior).Sample("a red mushroom", SampleOptions(Steps = 2))

                Expect.equal drawn.shape [| 1L; 3L; 8L; 8L |] "picture"
                let weights = Path.Combine(path, "vae/diffusion_pytorch_model.safetensors")
                let bytes = File.ReadAllBytes weights
                bytes[bytes.Length - 4] <- bytes[bytes.Length - 4] ^^^ 1uy
                File.WriteAllBytes(weights, bytes)
                use changed = load path
                Expect.notEqual changed.Hash prior.Hash "the autoencoder's weights count"
                File.Delete weights
                Expect.throwsT<FileNotFoundException> (fun () -> (load path).Dispose()) "no weights")
        }

        test "the hash is of the weights: the same for a copy, another after one bit" {
            TinyPrior.using (fun path ->
                use first = load path
                use again = load path
                Expect.equal again.Hash first.Hash "a copy"
                let weights = Path.Combine(path, "unet/diffusion_pytorch_model.safetensors")
                let bytes = File.ReadAllBytes weights
                bytes[bytes.Length - 4] <- bytes[bytes.Length - 4] ^^^ 1uy
                File.WriteAllBytes(weights, bytes)
                use changed = load path
                Expect.notEqual changed.Hash first.Hash "a changed weight")
        }

        test "unknown words are those of the prompt, once each, and none without a list" {
            TinyPrior.using (fun path ->
                use prior = load path
                let unknown = prior.UnknownWords "A red, RED Dragon, front view of a dragon! 7"
                Expect.sequenceEqual unknown [ "dragon"; "of"; "7" ] "unknown"
                File.Delete(Path.Combine(path, "dreamtime.json"))
                use silent = load path
                Expect.isEmpty (silent.UnknownWords "a dragon") "no list"
                Expect.isNull silent.Views "no views")
        }

        testList "a broken folder is refused with the reason" [
            for name, spoil, kind, expected in spoiled ->
                test name {
                    TinyPrior.using (fun path ->
                        spoil path

                        Expect.throwsC (fun () -> (load path).Dispose()) (fun error ->
                            Expect.isTrue (kind.IsInstanceOfType error) $"should be a {kind.Name}: {error}"
                            Expect.stringContains error.Message expected "the message"))
                }
        ]

        test "a folder can say how its captions tell views, and which schedule suits it" {
            TinyPrior.using (fun path ->
                use silent = load path
                let views = nonNull silent.Views
                Expect.equal (views.Captions, views.Schedule) (ViewCaptions.Words, null) "nothing said"

                File.WriteAllText(
                    Path.Combine(path, "dreamtime.json"),
                    """{"fovy": 45, "distance": 3, "elevation": 0, "view_captions": "degrees", "schedule": "snr * gaussian 300 125"}"""
                )

                use outspoken = load path
                let views = nonNull outspoken.Views
                Expect.equal views.Captions ViewCaptions.Degrees "captions"
                Expect.equal (string views.Schedule) "snr * gaussian 300 125" "schedule")
        }

        test "the embedded prior loads, or says that this build has none" {
            if ModelFolder.Embedded.Exists "model_index.json" then
                use prior = Prior.Load PriorSource.Embedded
                Expect.equal prior.Name "embedded" "name"
                Expect.isNotNull prior.Views "its views"
            else
                Expect.throwsC (fun () -> (Prior.Load PriorSource.Embedded).Dispose()) (fun error ->
                    Expect.stringContains error.Message "embedded prior" "the message")
        }

        test "the pixel codec loses nothing, and its gradient is that of 2x - 1" {
            use _ = torch.NewDisposeScope()
            use codec = new PixelUnshuffleCodec(4)
            let image = torch.rand([| 2L; 3L; 8L; 12L |]).requires_grad_()
            let latent = codec.Encode image
            Expect.equal latent.shape [| 2L; 48L; 2L; 3L |] "latent"

            Expect.isLessThan
                ((codec.Decode latent - image).abs().max().ToDouble())
                1e-7
                "round trip, to float32's last bit below 1"

            Expect.isTrue (latent.abs().max().ToDouble() <= 1.0) "-1..1"
            latent.sum().backward()
            Expect.isTrue ((nonNull image.grad).eq((2.0f).ToScalar()).all().ToBoolean()) "gradient"

            Expect.throwsC (fun () -> codec.Encode(torch.rand ([| 1L; 3L; 6L; 8L |])) |> ignore) (fun error ->
                Expect.stringContains error.Message "multiples of 4" "the message")
        }
    ]
