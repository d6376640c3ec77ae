module DreamTime.Diffusion.Tests.RandomNetworkTests

open System
open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Diffusion.Tests.RandomConfigs

/// A network that was drawn: how to build it, how to call it on a batch, and what must come out of that for each row.
type private Drawn = {
    Json: string
    Build: unit -> torch.nn.Module
    Inputs: int64 -> torch.Tensor list
    Call: torch.nn.Module -> torch.Tensor list -> torch.Tensor list
    Shapes: int64 list list
    /// What the parts must be, where the shapes of the outputs do not tell.
    Check: torch.nn.Module -> unit
}

let private normal (shape: int64 list) = torch.randn (Array.ofList shape)

let private whole (bound: int) (shape: int64 list) =
    torch.randint (0L, int64 bound, Array.ofList shape, torch.int64)

let private folder = Directory.CreateTempSubdirectory("dreamtime-random-").FullName

let private largest (tensor: torch.Tensor) = tensor.abs().max().ToDouble()

/// Builds, calls, saves, loads without random numbers, calls again; and a row alone.
let private check (drawn: Drawn) =
    use _ = torch.NewDisposeScope()
    use _ = torch.no_grad ()
    use network = drawn.Build()
    network.eval ()
    drawn.Check network
    let inputs = drawn.Inputs 2L
    let outputs = drawn.Call network inputs

    for output, shape in List.zip outputs drawn.Shapes do
        Expect.sequenceEqual output.shape (2L :: shape) "the shape that comes out"
        Expect.isTrue (output.isfinite().all().ToBoolean()) "all numbers are finite"

    Safetensors.Write(Path.Combine(folder, "m.safetensors"), network.state_dict ())

    use again =
        ModuleLoader.Load(Func<torch.nn.Module> drawn.Build, ModelFolder.At folder, "m.safetensors")

    again.eval ()

    for output, loaded in List.zip outputs (drawn.Call again inputs) do
        Expect.isTrue (output.equal(loaded).all().ToBoolean()) "saved and loaded, it says the same"

    let second = inputs |> List.map (fun input -> input.narrow (0L, 1L, 1L))

    for output, alone in List.zip outputs (drawn.Call network second) do
        let difference = largest (output.narrow (0L, 1L, 1L) - alone)
        // Other batch sizes take other kernels: rounding, amplified through a few layers of random weights. A row that saw another one would differ by its own size.
        Expect.isTrue (difference <= 1e-3 * max 1.0 (largest output)) $"a row alone differs by {difference}"

let private odd (dice: Dice) (factor: int) =
    int64 (factor * dice.Between(1, (if factor > 2 then 3 else 17) / (if factor = 2 then 2 else 1)))

let private unet (draw: Dice -> UNet) (dice: Dice) =
    let drawn = draw dice
    let config = UNet2DConditionConfig.Parse drawn.Json
    let height, width = odd dice drawn.Factor, odd dice drawn.Factor
    let tokens = int64 (dice.Between(1, 9))

    let count (network: torch.nn.Module) (list: string) =
        let prefix = list + "."

        Seq.length (
            network.named_modules ()
            |> Seq.filter (fun struct (name, _) ->
                name.StartsWith prefix && not (name.Substring(prefix.Length).Contains '.'))
        )

    {
        Json = drawn.Json
        Build = fun () -> new UNet2DConditionModel(config)
        Inputs =
            fun rows -> [
                normal [ rows; int64 drawn.InChannels; height; width ]
                whole 1000 [ rows ]
                normal [ rows; tokens; int64 drawn.TextWidth ]
            ]
        Call =
            fun network inputs ->
                match inputs with
                | [ sample; timesteps; text ] -> [ (network :?> UNet2DConditionModel).call(sample, timesteps, text) ]
                | _ -> failwith "three inputs"
        Shapes = [ [ int64 drawn.OutChannels; height; width ] ]
        Check =
            fun network ->
                let last = drawn.Layers.Length - 1

                for level, layers in List.indexed drawn.Layers do
                    Expect.equal
                        (count network $"down_blocks.{level}.resnets")
                        layers
                        $"residual blocks down at {level}"

                    Expect.equal
                        (count network $"up_blocks.{last - level}.resnets")
                        (layers + 1)
                        $"residual blocks up at {level}"
    }

let private controlled (dice: Dice) =
    let json, channels, textWidth, colours, factor, skips = controlNet dice
    let config = ControlNetConfig.Parse json
    let height, width = int64 (dice.Between(1, 9)), int64 (dice.Between(1, 9))
    let finest = config.UNet.BlockOutChannels

    {
        Json = json
        Build = fun () -> new ControlNetModel(config)
        Inputs =
            fun rows -> [
                normal [ rows; int64 channels; height; width ]
                whole 1000 [ rows ]
                normal [ rows; 3L; int64 textWidth ]
                normal [ rows; int64 colours; int64 factor * height; int64 factor * width ]
            ]
        Call =
            fun network inputs ->
                match inputs with
                | [ sample; timesteps; text; image ] ->
                    let residuals =
                        (network :?> ControlNetModel).Predict(sample, timesteps, text, image, 1.0)

                    Expect.equal residuals.Down.Count skips "a residual for each skip"
                    [ residuals.Down[0] ]
                | _ -> failwith "four inputs"
        Shapes = [ [ int64 finest[0]; height; width ] ]
        Check = ignore
    }

let private vae (dice: Dice) =
    let json, colours, latents, factor = autoencoder dice
    let config = AutoencoderKLConfig.Parse json
    let height, width = int64 (dice.Between(1, 9)), int64 (dice.Between(1, 9))
    let large side = int64 factor * side

    {
        Json = json
        Build = fun () -> new AutoencoderKL(config)
        Inputs =
            fun rows -> [
                normal [ rows; int64 colours; large height; large width ]
                normal [ rows; int64 latents; height; width ]
            ]
        Call =
            fun network inputs ->
                let vae = network :?> AutoencoderKL
                let posterior = vae.Encode inputs[0]
                [ posterior.Mean; posterior.LogVariance; vae.Decode inputs[1] ]
        Shapes = [
            [ int64 latents; height; width ]
            [ int64 latents; height; width ]
            [ int64 colours; large height; large width ]
        ]
        Check = ignore
    }

let private text (dice: Dice) =
    let json, words, places, width = clipText dice
    let config = CLIPTextConfig.Parse json
    let tokens = int64 (dice.Between(1, places))

    {
        Json = json
        Build = fun () -> new CLIPTextModel(config)
        Inputs = fun rows -> [ whole words [ rows; tokens ] ]
        Call =
            fun network inputs ->
                let struct (states, pooled) = (network :?> CLIPTextModel).call inputs[0]
                [ states; pooled ]
        Shapes = [ [ tokens; int64 width ]; [ int64 width ] ]
        Check = ignore
    }

let private vision (dice: Dice) =
    let json, channels, side, projection = clipVision dice
    let config = CLIPVisionConfig.Parse json

    {
        Json = json
        Build = fun () -> new CLIPVisionModelWithProjection(config)
        Inputs = fun rows -> [ normal [ rows; int64 channels; int64 side; int64 side ] ]
        Call = fun network inputs -> [ (network :?> CLIPVisionModelWithProjection).call inputs[0] ]
        Shapes = [ [ int64 projection ] ]
        Check = ignore
    }

let private t5 (dice: Dice) =
    let json, words, width = t5 dice
    let config = T5Config.Parse json
    let tokens = int64 (dice.Between(1, 40))

    {
        Json = json
        Build = fun () -> new T5EncoderModel(config)
        Inputs =
            fun rows ->
                let mask = whole 2 [ rows; tokens ]
                mask.narrow(1L, 0L, 1L).fill_(1L.ToScalar()) |> ignore
                [ whole words [ rows; tokens ]; mask ]
        Call = fun network inputs -> [ (network :?> T5EncoderModel).call(inputs[0], inputs[1]) ]
        Shapes = [ [ tokens; int64 width ] ]
        Check = ignore
    }

let private networks = [
    "a U-Net of Stable Diffusion's family", 30, unet stableDiffusion
    "a U-Net of DeepFloyd-IF's family", 20, unet deepFloyd
    "a ControlNet", 15, controlled
    "an autoencoder", 15, vae
    "CLIP's text encoder", 20, text
    "CLIP's image encoder", 20, vision
    "T5's encoder", 20, t5
]

let private refusals = [
    (fun json -> UNet2DConditionConfig.Parse json |> ignore),
    [
        "act_fn", "\"relu6\""
        "dual_cross_attention", "true"
        "addition_embed_type", "\"text_time\""
        "encoder_hid_dim_type", "\"image_proj\""
        "class_embed_type", "\"mystery\""
        "resnet_time_scale_shift", "\"ada_group\""
        "time_cond_proj_dim", "256"
        "time_embedding_type", "\"learned\""
        "downsample_padding", "0"
        "attention_type", "\"gated\""
        "dropout", "0.1"
        "use_new_trick", "3"
    ]
    (fun json -> ControlNetConfig.Parse json |> ignore),
    [
        "controlnet_conditioning_channel_order", "\"gbr\""
        "dual_cross_attention", "true"
        "use_new_trick", "[1, 2]"
    ]
    (fun json -> AutoencoderKLConfig.Parse json |> ignore),
    [
        "act_fn", "\"relu6\""
        "shift_factor", "0.1"
        "latents_mean", "[1, 2]"
        "use_quant_conv", "false"
        "use_new_trick", "\"yes\""
    ]
    (fun json -> CLIPTextConfig.Parse json |> ignore), [ "hidden_act", "\"tanh\"" ]
    (fun json -> CLIPVisionConfig.Parse json |> ignore), [ "hidden_act", "\"tanh\"" ]
    (fun json -> T5Config.Parse json |> ignore), [ "feed_forward_proj", "\"gated-tanh\"" ]
]

let tests =
    // The same ones in every run: a few random networks are too badly conditioned for a comparison of rounded numbers.
    let first = 1

    testSequenced
    <| testList "Random networks" [
        for name, count, draw in networks do
            test $"{name}, whatever its configuration, loads as it was saved, and its rows do not see each other" {
                for seed in first .. first + count - 1 do
                    torch.manual_seed (int64 seed) |> ignore
                    let drawn = draw (Dice seed)

                    try
                        check drawn
                    with error ->
                        failtest $"seed {seed}: {error.Message}\n{drawn.Json}\n{error.StackTrace}"
            }

        test "what a configuration asks for and is not computed is named with its value" {
            for parse, keys in refusals do
                for key, value in keys do
                    Expect.throwsC (fun () -> parse $"{{ \"{key}\": {value} }}") (fun error ->
                        Expect.isTrue (error :? NotSupportedException) $"{key}: {error}"
                        Expect.stringContains error.Message $"{key} = {value}" "key and value")
        }

        test "unknown keys that ask for nothing are fine" {
            UNet2DConditionConfig.Parse
                """{ "use_new_trick": false, "another": null, "_note": "text", "upcast_attention": true }"""
            |> ignore

            AutoencoderKLConfig.Parse """{ "force_upcast": true, "sample_size": 512, "use_new_trick": null }"""
            |> ignore
        }
    ]
