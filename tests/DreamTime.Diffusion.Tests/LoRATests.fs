module DreamTime.Diffusion.Tests.LoRATests

open System
open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion

type private Tensor = torch.Tensor

let private vsd file =
    Path.Combine(GoldenFixture.Folder "sd21-tiny", "vsd", file)

let private diffusersFile =
    lazy Safetensors.Read(vsd "pytorch_lora_weights.safetensors")

/// Writes tensors to a file that the check reads as a LoRA.
let private asFile (tensors: (string * Tensor) seq) check =
    let path =
        Path.Combine(Path.GetTempPath(), $"dreamtime-{Guid.NewGuid()}.safetensors")

    try
        Safetensors.Write(path, dict tensors |> System.Collections.ObjectModel.ReadOnlyDictionary)
        check (LoRAFile.Read path)
    finally
        File.Delete path

/// A call of sd21-tiny's U-Net.
let private predict (unet: UNet2DConditionModel) =
    let fixture = GoldenFixture("sd21-tiny", "vsd")
    unet.call (fixture["mid.latents_noisy"], fixture["in.t"], fixture["in.text_cond"])

let private same (actual: Tensor) (expected: Tensor) what =
    let error = (actual - expected).abs().max().ToDouble()
    // Float32 rounding of values of order 1.
    Expect.isTrue (error < 1e-5) $"{what}: largest difference {error}"

let private kohya (key: string) =
    let path, half = key.Split(".processor.")[0], key.Split(".processor.")[1]
    let layer = half[.. half.IndexOf "_lora" - 1]
    let layer = if layer = "to_out" then "to_out_0" else layer
    let path = path.Replace('.', '_')
    $"lora_unet_{path}_{layer}", (if half.Contains ".down." then "down" else "up")

let private noise () =
    let scheduler =
        SchedulerConfig.Parse(
            ModelFolder.At(GoldenFixture.Folder "sd21-tiny").ReadText "scheduler/scheduler_config.json"
        )

    struct (scheduler.Noise, scheduler.Prediction)

let private score unet lora =
    let camera = new CameraEmbedding(64)
    ModuleLoader.Load(camera, ModelFolder.At(GoldenFixture.Folder "sd21-tiny"), "vsd/camera_embedding.safetensors")
    let struct (noise, prediction) = noise ()
    new VariationalScore(unet, lora, camera, noise, prediction), camera

let tests =
    testSequenced
    <| testList "LoRA" [
        test "sd21-tiny: particle gradient, loss and its gradients equal ProlificDreamer's on diffusers" {
            use _ = torch.NewDisposeScope()
            let fixture = GoldenFixture("sd21-tiny", "vsd")
            use unet = UNetTests.load "sd21-tiny" "unet"

            let lora = LoRA.Attach(unet, LoRAFile.Read(vsd "pytorch_lora_weights.safetensors"))

            let score, camera = score unet lora
            use _ = score
            // The reference counts timesteps from 0, the paper from 1.
            let t = [| for index in fixture["in.t"].data<int64>() -> int index + 1 |]

            let latents, eps, text =
                fixture["in.latents"], fixture["in.noise"], fixture["in.text_cond"]

            let guidance = fixture.Meta.GetProperty("guidance_scale").GetDouble()

            fixture.Compare(
                "out.vsd_grad",
                score.ParticleGradient(latents, eps, t, fixture["in.text_uncond"], text, fixture["in.camera"], guidance)
            )

            let loss = score.AdaptationLoss(latents, eps, t, text, fixture["in.camera"])
            loss.backward ()
            fixture.Compare("out.loss_lora", loss.reshape 1L)

            for update in lora.StateDict() do
                fixture.Compare($"grad.loss_lora.{update.Key}", nonNull update.Value.grad)

            for struct (name, parameter) in camera.named_parameters () do
                fixture.Compare($"grad.loss_lora.class_embedding.{name}", nonNull parameter.grad)

            for struct (name, parameter) in unet.named_parameters () do
                Expect.isTrue (isNull (box parameter.grad)) $"{name} belongs to the pretrained network"

            printfn "sd21-tiny vsd: largest error %.2f atol at %s" (fst fixture.Worst) (snd fixture.Worst)
        }

        test "kohya's keys mean the same, alpha / rank times" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use unet = UNetTests.load "sd21-tiny" "unet"
            let entries = diffusersFile.Value

            let expected =
                use lora = LoRA.Attach(unet, LoRAFile.Read(vsd "pytorch_lora_weights.safetensors"))

                lora.Scale <- 0.5
                predict unet

            let tensors = [
                for entry in entries do
                    let prefix, half = kohya entry.Key
                    $"{prefix}.lora_{half}.weight", entry.Value.ToTensor()

                    if half = "down" then
                        // Half of the rank of 4.
                        $"{prefix}.alpha", torch.tensor 2f
            ]

            asFile tensors (fun file ->
                use lora = LoRA.Attach(unet, file)
                Expect.allEqual lora.Ranks 4 "rank"
                same (predict unet) expected "scale 1/2 in the file")
        }

        test "an update is the same as a change of the weights, on linear layers and 1x1 convolutions" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()

            for model, layer in
                [
                    "sd15-tiny", "down_blocks.0.attentions.0.proj_in"
                    "sd15-tiny", "mid_block.attentions.0.transformer_blocks.0.ff.net.2"
                ] do
                use unet = UNetTests.load model "unet"
                use changed = UNetTests.load model "unet"
                let fixture = GoldenFixture(model, "unet")

                let call (unet: UNet2DConditionModel) =
                    unet.call (fixture["in.a.sample"], fixture["in.a.t"], fixture["in.a.encoder_hidden_states"])

                let weight = changed.state_dict()[layer + ".weight"]
                let down, up = torch.randn (3L, weight.shape[1]), torch.randn (weight.shape[0], 3L)
                weight.add_ ((0.7).ToScalar() * up.matmul(down).reshape weight.shape) |> ignore

                for suffixes in [ ".lora.down.weight", ".lora.up.weight"; ".lora_A.weight", ".lora_B.weight" ] do
                    asFile [ "unet." + layer + fst suffixes, down; "unet." + layer + snd suffixes, up ] (fun file ->
                        use lora = LoRA.Attach(unet, file)
                        lora.Scale <- 0.7
                        let error = (call unet - call changed).abs().max().ToDouble()
                        // Updates of order 1 raise activations to order 10.
                        Expect.isTrue (error < 1e-4) $"{layer}: largest difference {error}")
        }

        test "the text encoder takes its own part of a file" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            let folder = ModelFolder.At(GoldenFixture.Folder "sd15-tiny")

            use encoder =
                new CLIPTextModel(CLIPTextConfig.Parse(folder.ReadText "text_encoder/config.json"))

            ModuleLoader.Load(encoder, folder, folder.WeightsFile "text_encoder")
            let ids = GoldenFixture("sd15-tiny", "text_encoder")["in.input_ids"]

            let states () =
                let struct (states, _) = encoder.call ids
                states

            let before = states ()
            let layer = "text_model_encoder_layers_0_self_attn_q_proj"

            asFile
                [
                    $"lora_te_{layer}.lora_down.weight", torch.randn (2L, 32L)
                    $"lora_te_{layer}.lora_up.weight", torch.randn (32L, 2L)
                ]
                (fun file ->
                    Expect.isTrue (file.AdaptsTextEncoder && not file.AdaptsUNet) "parts"

                    do
                        use lora = LoRA.Attach(encoder, file)
                        Expect.sequenceEqual lora.Layers [ "text_model.encoder.layers.0.self_attn.q_proj" ] "path"
                        Expect.isFalse (states().equal(before).all().item<bool>()) "it changes the states"

                    Expect.isTrue (states().equal(before).all().item<bool>()) "disposed, it is gone")
        }

        test "a new adaptation changes nothing, and with scale 0 no adaptation does" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            use unet = UNetTests.load "sd21-tiny" "unet"
            let before = predict unet
            use fresh = LoRA.Create(unet, 3)
            Expect.allEqual fresh.Ranks 3 "rank"
            Expect.equal fresh.Layers.Count (diffusersFile.Value.Count / 2) "every attention projection"
            Expect.isTrue ((predict unet).equal(before).all().item<bool>()) "up is zero"

            use lora = LoRA.Attach(unet, LoRAFile.Read(vsd "pytorch_lora_weights.safetensors"))

            Expect.isFalse ((predict unet).equal(before).all().item<bool>()) "scale 1"
            lora.Scale <- 0
            Expect.isTrue ((predict unet).equal(before).all().item<bool>()) "scale 0"
        }

        test "what is written under diffusers' names reads back" {
            use _ = torch.NewDisposeScope()
            use unet = UNetTests.load "sd21-tiny" "unet"

            use lora = LoRA.Attach(unet, LoRAFile.Read(vsd "pytorch_lora_weights.safetensors"))

            let state = lora.StateDict()
            Expect.sequenceEqual state.Keys diffusersFile.Value.Keys "names"

            for update in state do
                let stored = diffusersFile.Value[update.Key].ToTensor()
                Expect.isTrue (update.Value.equal(stored).all().item<bool>()) update.Key
        }

        test "foreign keys, halves, unknown layers and wrong shapes are refused, all at once" {
            use _ = torch.NewDisposeScope()
            use unet = UNetTests.load "sd21-tiny" "unet"

            let refuses tensors (parts: string list) =
                Expect.throwsC (fun () -> asFile tensors (fun file -> LoRA.Attach(unet, file) |> ignore)) (fun error ->
                    for part in parts do
                        Expect.stringContains error.Message part "the message")

            let t rows columns = torch.zeros (int64 rows, int64 columns)
            refuses [ "a.hada_w1_a", t 1 1; "b.dora_scale", t 1 1 ] [ "a.hada_w1_a"; "b.dora_scale" ]
            refuses [ "unet.x.to_q.lora.down.weight", t 4 16 ] [ "x.to_q"; "missing" ]
            let place = "down_blocks.0.attentions.0.transformer_blocks.0.attn1"

            refuses [
                $"{place}.processor.to_q_lora.down.weight", t 4 99
                $"{place}.processor.to_q_lora.up.weight", t 16 4
                "nowhere.processor.to_q_lora.down.weight", t 4 16
                "nowhere.processor.to_q_lora.up.weight", t 16 4
                "conv_in.lora.down.weight", t 4 4
                "conv_in.lora.up.weight", t 16 4
            ] [ $"{place}.to_q"; "99"; "nowhere.to_q"; "conv_in" ]

            refuses [ "lora_te_text_model_x.lora_down.weight", t 1 1; "lora_te_text_model_x.lora_up.weight", t 1 1 ] [
                "holds nothing"
            ]
        }
    ]
