module DreamTime.Diffusion.Tests.ClipTests

open System
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private folder = lazy ModelFolder.At(GoldenFixture.Folder "clip-tiny")

let private load () =
    let clip = new CLIPModel(CLIPConfig.Parse(folder.Value.ReadText "config.json"))
    ModuleLoader.Load(clip, folder.Value, folder.Value.WeightsFile "")
    clip

let private processor =
    lazy CLIPImageProcessor.Parse(folder.Value.ReadText "preprocessor_config.json")

let private cosine (a: torch.Tensor) (b: torch.Tensor) = (a[0] * b[0]).sum()

let tests =
    testList "CLIPModel" [
        test "clip-tiny: Pillow's resizing, embeddings, logits and gradients equal transformers'" {
            use _ = torch.NewDisposeScope()
            let fixture = GoldenFixture("clip-tiny", "clip")
            use clip = load ()
            let images = [ for k in 0..2 -> fixture[$"in.img.{k}"] ]

            images
            |> List.iteri (fun k image ->
                fixture.Compare($"mid.resized.{k}", processor.Value.Resize image)
                fixture.Compare($"mid.pixel_values.{k}", processor.Value.Preprocess image))

            let pixels =
                torch.cat([| for image in images -> processor.Value.Preprocess image |], 0L).requires_grad_()

            let seen, read = clip.EmbedImages pixels, clip.EmbedTexts fixture["in.input_ids"]
            let unitSeen, unitRead = CLIPModel.Normalize seen, CLIPModel.Normalize read
            fixture.Compare("out.image_features_unnormalised", seen)
            fixture.Compare("out.text_features_unnormalised", read)
            fixture.Compare("out.image_embeds", unitSeen)
            fixture.Compare("out.text_embeds", unitRead)
            fixture.Compare("out.text_embeds_masked", unitRead)
            fixture.Compare("out.logits_per_image", clip.Logits(seen, read))
            (cosine unitSeen unitRead).backward()
            fixture.Compare("grad.pixels", nonNull pixels.grad)

            let image = fixture["in.fimg"].requires_grad_()

            let unitImage =
                CLIPModel.Normalize(clip.EmbedImages(processor.Value.PreprocessDifferentiably image))

            (cosine unitImage (unitRead.detach ())).backward()
            fixture.Compare("out.diff_image_embeds", unitImage)
            fixture.Compare("grad.fimg", nonNull image.grad)
            printfn "clip-tiny: largest error %.2f atol at %s" (fst fixture.Worst) (snd fixture.Worst)
        }

        test "what stands behind the end of a text does not change its embedding" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use clip = load ()
            let text = (torch.tensor [| 998L; 5L; 6L; 999L; 999L; 999L |]).reshape(1L, -1L)
            let other = (torch.tensor [| 998L; 5L; 6L; 999L; 1L; 17L |]).reshape(1L, -1L)

            let difference =
                (clip.EmbedTexts text - clip.EmbedTexts other).abs().max().ToDouble()
            // Float32 rounding of values of order 1.
            Expect.isTrue (difference < 1e-5) $"largest difference {difference}"
        }

        test "resizing leaves an image of the right size as it is, and a plain one plain" {
            use _ = torch.NewDisposeScope()
            let noise = torch.randint (0L, 256L, [| 32L; 32L; 3L |], torch.uint8)
            Expect.isTrue (processor.Value.Resize(noise).equal(noise).all().item<bool>()) "the same size"
            let plain = torch.full ([| 50L; 77L; 3L |], (201).ToScalar(), torch.uint8)
            let resized = processor.Value.Resize plain
            Expect.sequenceEqual resized.shape [ 32L; 49L; 3L ] "the longer side is rounded down"
            Expect.isTrue (resized.eq((201).ToScalar()).all().item<bool>()) "weights sum to one"
        }

        test "a crop larger than the image and pixels of the wrong size are refused" {
            use _ = torch.NewDisposeScope()
            use clip = load ()

            let processor =
                CLIPImageProcessor.Parse """{"size": {"shortest_edge": 16}, "crop_size": 32}"""

            Expect.throwsC
                (fun () -> processor.Preprocess(torch.zeros ([| 20L; 20L; 3L |], torch.uint8)) |> ignore)
                (fun error -> Expect.stringContains error.Message "32 x 32" "names the crop")

            Expect.throwsC (fun () -> clip.EmbedImages(torch.zeros [| 1L; 3L; 16L; 16L |]) |> ignore) (fun error ->
                Expect.stringContains error.Message "[b, 3, 32, 32]" "names the size")
        }

        test "configurations: older files' second dictionaries count, other resampling is refused" {
            let config =
                CLIPConfig.Parse
                    """{"projection_dim": 24, "text_config": {"hidden_size": 64}, "text_config_dict": {"hidden_size": 32, "num_attention_heads": 4},
                        "vision_config": {"hidden_size": 48, "num_attention_heads": 6}}"""

            Expect.equal config.Text.HiddenSize 32 "the dictionary wins"
            Expect.equal config.Vision.ProjectionDim 24 "the space is shared"

            Expect.throwsT<NotSupportedException>
                (fun () -> CLIPImageProcessor.Parse """{"resample": 2}""" |> ignore)
                "bilinear"
        }
    ]
