module DreamTime.Diffusion.Tests.AutoencoderKLTests

open System
open Expecto
open TorchSharp
open DreamTime.Diffusion

type private Tensor = torch.Tensor

let private load model =
    let folder = ModelFolder.At(GoldenFixture.Folder model)

    let vae =
        new AutoencoderKL(AutoencoderKLConfig.Parse(folder.ReadText "vae/config.json"))

    ModuleLoader.Load(vae, folder, folder.WeightsFile "vae")
    vae

let private golden model case =
    test $"{model} {case}: distribution, image, activations and gradients equal diffusers'" {
        use _ = torch.NewDisposeScope()
        let fixture = GoldenFixture(model, "vae")
        let prefix = $"mid.{case}."
        use vae = load model

        let mids =
            fixture.Names |> Seq.filter _.StartsWith(prefix) |> Seq.map _.Substring(prefix.Length) |> List.ofSeq

        let outputs = ModuleHooks.record mids vae
        let input name = fixture[$"in.{case}.{name}"]
        let image, z = (input "image").requires_grad_(), (input "z").requires_grad_()
        let posterior, decoded = vae.Encode image, vae.Decode z
        (posterior.Mean * input "w_enc").sum().backward()
        (decoded * input "w_dec").sum().backward()

        for mid in mids do
            fixture.Compare(prefix + mid, outputs[mid])

        fixture.Compare($"out.{case}.mean", posterior.Mean)
        fixture.Compare($"out.{case}.logvar", posterior.LogVariance)
        fixture.Compare($"out.{case}.sample", posterior.Sample(input "eps"))
        fixture.Compare($"out.{case}.decoded", decoded)
        fixture.Compare($"grad.{case}.image_of_mean", nonNull image.grad)
        fixture.Compare($"grad.{case}.z_of_decoded", nonNull z.grad)
        printfn "%s vae %s: largest error %.2f atol at %s" model case (fst fixture.Worst) (snd fixture.Worst)
    }

let private config =
    """{"block_out_channels": [6, 12, 12], "norm_num_groups": 3, "latent_channels": 5, "layers_per_block": 1, "act_fn": "gelu",
        "scaling_factor": 0.5, "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}"""

let private small () =
    torch.manual_seed 3L |> ignore
    new AutoencoderKL(AutoencoderKLConfig.Parse config)

let private difference (a: Tensor) (b: Tensor) = (a - b).abs().max().ToDouble()

let private refused<'error when 'error :> exn> (json: string) (part: string) =
    test $"refuses {json}" {
        Expect.throwsC (fun () -> AutoencoderKLConfig.Parse json |> ignore) (fun error ->
            Expect.isTrue (error :? 'error) (string error)
            Expect.stringContains error.Message part "the message")
    }

let private blocks = "\"block_out_channels\": [32, 64]"

let tests =
    testList "AutoencoderKL" [
        golden "sd15-tiny" "a"
        golden "sd15-tiny" "b"
        golden "sd21-tiny" "a"

        test "the codec maps images to -1..1 and scales latents, and undoes both" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use vae = small ()
            use codec = new VaeCodec(vae)
            Expect.equal (codec.Channels, codec.Factor) (5, 4) "channels, factor"
            let image = torch.rand ([| 2L; 3L; 8L; 12L |])
            let latent = codec.Encode image
            Expect.equal latent.shape [| 2L; 5L; 2L; 3L |] "latent"
            let two, one, half = (2.0).ToScalar(), (1.0).ToScalar(), (0.5).ToScalar()
            let mean = (vae.Encode(image * two - one)).Mean
            Expect.isLessThan (difference latent (mean * half)) 1e-6 "half the mean, as the configuration scales"

            let decoded = (vae.Decode mean) * half + half
            // Values of order 1, through some twenty layers of float32.
            Expect.isLessThan (difference (codec.Decode latent) decoded) 1e-5 "decoded"
        }

        test "the gradient at the image is the directional derivative, and the weights record none" {
            use _ = torch.NewDisposeScope()
            use vae = small ()
            vae.``to`` (torch.float64) |> ignore
            use codec = new VaeCodec(vae)
            let random (shape: int64[]) = torch.randn (shape, torch.float64)
            let image = (random [| 1L; 3L; 8L; 8L |]).requires_grad_()
            let weights, direction = random [| 1L; 5L; 2L; 2L |], random image.shape
            let loss (x: Tensor) = (codec.Encode x * weights).sum()
            (loss image).backward()
            use _ = torch.no_grad ()
            let step = 1e-4

            let shifted =
                loss (image + direction * step.ToScalar()) - loss (image - direction * step.ToScalar())

            let slope = shifted.ToDouble() / (2.0 * step)
            let expected = ((nonNull image.grad) * direction).sum().ToDouble()
            // Central differences in double: an error of step^2, and 1e-16 over the step.
            Expect.isLessThan (abs (slope - expected)) (1e-5 * (1.0 + abs expected)) $"{slope} and {expected}"

            for parameter in vae.parameters () do
                Expect.isFalse parameter.requires_grad "frozen"
        }

        test "rows do not see each other, and a rest of the division by the factor is not seen" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use vae = small ()
            let images = torch.rand ([| 3L; 3L; 9L; 14L |])
            let mean = (vae.Encode images).Mean
            Expect.equal mean.shape [| 3L; 5L; 2L; 3L |] "halved twice, rounding down"
            let alone = (vae.Encode(images.narrow (0L, 1L, 1L))).Mean
            Expect.isLessThan (difference alone (mean.narrow (0L, 1L, 1L))) 1e-5 "second row"
        }

        test "a sample is the mean without noise, and its deviation follows the logarithm of the variance" {
            use _ = torch.NewDisposeScope()

            let moments =
                torch.cat [| torch.ones ([| 1L; 1L; 1L; 2L |]); torch.zeros ([| 1L; 1L; 1L; 2L |]) |]

            let distribution =
                new DiagonalGaussianDistribution(
                    moments.narrow (0L, 0L, 1L),
                    torch.tensor([| 0.0f; float32 (log 4.0) |]).reshape(1L, 1L, 1L, 2L)
                )

            let sample (noise: float32) =
                (distribution.Sample(torch.full ([| 1L; 1L; 1L; 2L |], noise.ToScalar()))).data<float32>().ToArray()

            Expect.sequenceEqual (sample 0.0f) [ 1.0f; 1.0f ] "mean"
            Expect.sequenceEqual (sample 1.0f) [ 2.0f; 3.0f ] "one deviation above: 1 and 2"
        }

        test "images and latents of another form are refused" {
            use _ = torch.NewDisposeScope()
            use vae = small ()

            for act, expected in
                [
                    (fun () -> (vae.Encode(torch.zeros ([| 1L; 4L; 8L; 8L |]))).Dispose()), "[b, 3, H, W]"
                    (fun () -> (vae.Encode(torch.zeros ([| 1L; 3L; 3L; 8L |]))).Dispose()), "at least 4"
                    (fun () -> (vae.Decode(torch.zeros ([| 1L; 3L; 8L; 8L |]))).Dispose()), "[b, 5, h, w]"
                ] do
                Expect.throwsC act (fun error ->
                    Expect.isTrue (error :? ArgumentException) (string error)
                    Expect.stringContains error.Message expected "the message")
        }

        test "absent keys take diffusers' defaults" {
            let config = AutoencoderKLConfig.Parse "{}"
            Expect.equal (config.ScalingFactor, config.LatentChannels, config.NormNumGroups) (0.18215, 4, 32) ""
            Expect.sequenceEqual config.BlockOutChannels [ 64 ] ""
        }

        refused<NotSupportedException> """{"use_quant_conv": false, "shift_factor": 0.1}""" "shift_factor = 0.1"
        refused<NotSupportedException> """{"latents_mean": [0.0]}""" "latents_mean"
        refused<NotSupportedException> """{"act_fn": "tanh"}""" "act_fn = \"tanh\""
        refused<ArgumentException> """{"block_out_channels": []}""" "block_out_channels"
        refused<ArgumentException> """{"block_out_channels": [48]}""" "multiples of norm_num_groups (32)"
        refused<ArgumentException> $"{{{blocks}}}" "down_block_types"
        refused<ArgumentException>
            $"{{{blocks}, \"down_block_types\": [\"DownEncoderBlock2D\", \"AttnDownEncoderBlock2D\"]}}"
            "AttnDownEncoderBlock2D"
        refused<ArgumentException> """{"scaling_factor": 0}""" "scaling_factor"
        refused<ArgumentException> """{"latent_channels": 0}""" "latent_channels"
    ]
