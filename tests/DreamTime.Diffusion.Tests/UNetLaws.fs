module DreamTime.Diffusion.Tests.UNetLaws

open Expecto
open TorchSharp
open DreamTime.Diffusion

let private config =
    UNet2DConditionConfig.Parse
        """{ "block_out_channels": [16, 32], "layers_per_block": 1, "norm_num_groups": 4, "attention_head_dim": 2,
             "cross_attention_dim": 24, "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
             "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"] }"""

let private seeded seed =
    torch.manual_seed seed |> ignore
    new UNet2DConditionModel(config)

let private inputs batch =
    torch.randn ([| batch; 4L; 6L; 6L |]),
    torch.randint (0L, 1000L, [| batch |], torch.int64),
    torch.randn ([| batch; 5L; 24L |])

/// Equal up to float32 rounding of values of order 1.
let private expectEqual (actual: torch.Tensor) (expected: torch.Tensor) what =
    let error = (actual - expected).abs().max().ToDouble()
    Expect.isTrue (error < 1e-5) $"{what}: largest difference {error}"

let tests =
    testSequenced
    <| testList "UNet2DConditionModel laws" [
        test "a new model is a function of the seed, and every parameter has a finite gradient that is not zero" {
            use _ = torch.NewDisposeScope()
            use unet = seeded 7L
            let sample, timesteps, text = inputs 2L
            unet.call(sample, timesteps, text).square().sum().backward()

            for struct (name, parameter) in unet.named_parameters () do
                let size = (nonNull parameter.grad).abs().max().ToDouble()
                Expect.isTrue (System.Double.IsFinite size && size > 0.0) $"gradient of {name} is {size}"

            use again = seeded 7L
            use _ = torch.no_grad ()

            expectEqual
                (unet.call (sample, timesteps, text))
                (again.call (sample, timesteps, text))
                "same seed, same weights"
        }

        test "a row's prediction does not depend on the other rows" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use unet = seeded 8L
            let sample, timesteps, text = inputs 3L
            let together = unet.call (sample, timesteps, text)

            for row in 0L .. 2L do
                let one (t: torch.Tensor) = t.narrow (0L, row, 1L)
                let alone = unet.call (one sample, one timesteps, one text)
                expectEqual alone (one together) $"row {row}"
        }

        test "the order of the text tokens does not matter: their positions are in the embedding" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use unet = seeded 9L
            let sample, timesteps, text = inputs 2L
            let reversed = unet.call (sample, timesteps, text.flip 1L)
            expectEqual reversed (unet.call (sample, timesteps, text)) "attention is a sum over tokens"
        }

        test "norm epsilons are 1e-6 before transformers and the configuration's elsewhere, seen on inputs near zero" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use unet = seeded 11L

            let norms = [
                for struct (path, m) in unet.named_modules () do
                    match m with
                    | :? torch.nn.Module<torch.Tensor, torch.Tensor> as norm when m.GetType().Name = "GroupNorm" ->
                        path, norm
                    | _ -> ()
            ]

            // 4 residual blocks down and in the middle, 4 up, 4 spatial transformers, and the output's.
            Expect.hasLength norms (2 * 4 + 2 * 4 + 4 + 1) "group normalisations"

            for path, norm in norms do
                let channels = (nonNull (norm.get_parameter "weight")).shape[0]

                let small =
                    (3e-3).ToScalar() * torch.randn ([| 2L; channels; 4L; 4L |], torch.float64)

                let epsilon = if path.Contains "attentions" then 1e-6 else 1e-5
                let grouped = small.reshape (2L, int64 config.NormNumGroups, -1L)
                let centred = grouped - grouped.mean ([| 2L |], keepdim = true)
                let variance = centred.square().mean([| 2L |], keepdim = true)

                let expected =
                    (centred / (variance + epsilon.ToScalar()).sqrt()).reshape small.shape

                let actual = (norm.call (small.``to`` torch.float32)).``to`` torch.float64
                expectEqual actual expected path
        }

        test
            "every kind of class label reaches the prediction, and every parameter has a finite gradient that is not zero" {
            for embed, labels in
                [
                    "\"addition_embed_type\": \"text\", \"class_embed_type\": \"timestep\"", torch.tensor [| 3L; 800L |]
                    "\"addition_embed_type\": \"text\", \"class_embed_type\": \"projection\", \"projection_class_embeddings_input_dim\": 6",
                    torch.randn (2L, 6L)
                    "\"addition_embed_type\": \"text\", \"class_embed_type\": \"simple_projection\", \"projection_class_embeddings_input_dim\": 6",
                    torch.randn (2L, 6L)
                    "\"class_embed_type\": \"identity\", \"class_embeddings_concat\": true", torch.randn (2L, 32L)
                    "\"addition_embed_type\": \"text\", \"num_class_embeds\": 10, \"time_embedding_type\": \"fourier\", \"time_embedding_dim\": 32",
                    torch.tensor [| 3L; 8L |]
                ] do
                use _ = torch.NewDisposeScope()
                torch.manual_seed 12L |> ignore

                use unet =
                    new UNet2DConditionModel(
                        UNet2DConditionConfig.Parse
                            $$"""{ "block_out_channels": [8, 16], "layers_per_block": 1, "norm_num_groups": 4, "attention_head_dim": 4,
                                  "cross_attention_dim": 32, "cross_attention_norm": "group_norm", "resnet_time_scale_shift": "scale_shift",
                                  "encoder_hid_dim": 12, "addition_embed_type_num_heads": 3,
                                  "time_embedding_act_fn": "mish", "timestep_post_act": "gelu", "out_channels": 8,
                                  "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
                                  "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
                                  "up_block_types": ["SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"], {{embed}} }"""
                    )

                let call (labels: torch.Tensor) =
                    torch.manual_seed 13L |> ignore
                    let sample, text = torch.randn [| 2L; 4L; 6L; 8L |], torch.randn [| 2L; 5L; 12L |]
                    unet.Predict(sample, torch.tensor [| 5L; 900L |], text, UNetConditions(ClassLabels = labels))

                let prediction = call labels
                Expect.sequenceEqual prediction.shape [ 2L; 8L; 6L; 8L ] "twice the channels"
                prediction.square().sum().backward()

                for struct (name, parameter) in unet.named_parameters () do
                    let size = (nonNull parameter.grad).abs().max().ToDouble()
                    // A bias that all keys share drops out of their softmax.
                    let bound =
                        if name.EndsWith "k_proj.bias" || name.EndsWith "to_k.bias" then 0.0 else 1e-12

                    Expect.isTrue
                        (System.Double.IsFinite size && size >= bound)
                        $"{embed}: gradient of {name} is {size}"

                let swapped = call (labels.flip 0L)
                Expect.isFalse (swapped.equal(prediction).all().item<bool>()) $"{embed}: labels matter"

                Expect.throwsC
                    (fun () ->
                        unet.call (
                            torch.randn [| 2L; 4L; 6L; 8L |],
                            torch.tensor [| 5L; 900L |],
                            torch.randn [| 2L; 5L; 12L |]
                        )
                        |> ignore)
                    (fun error -> Expect.stringContains error.Message "ClassLabels" "labels are needed")

                Expect.throwsC
                    (fun () ->
                        unet.Predict(
                            torch.randn [| 2L; 4L; 7L; 8L |],
                            torch.tensor [| 5L; 900L |],
                            torch.randn [| 2L; 5L; 12L |],
                            UNetConditions(ClassLabels = labels)
                        )
                        |> ignore)
                    (fun error -> Expect.stringContains error.Message "halve without rest" "means of 2x2 pixels")
        }

        test "shapes that do not fit are refused by name" {
            use _ = torch.NewDisposeScope()
            use unet = seeded 10L
            let sample, timesteps, text = inputs 2L

            for call, name in
                [
                    (fun () -> unet.call (sample.narrow (1L, 0L, 3L), timesteps, text)), "sample"
                    (fun () -> unet.call (sample, torch.zeros (3L, torch.int64), text)), "timesteps"
                    (fun () -> unet.call (sample, timesteps, text.narrow (2L, 0L, 8L))), "encoderHiddenStates"
                ] do
                Expect.throwsC (fun () -> call () |> ignore) (fun error -> Expect.stringContains error.Message name "")
        }
    ]
