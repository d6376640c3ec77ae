module DreamTime.Diffusion.Tests.TinyPrior

open System.IO
open System.Text.Json
open TorchSharp
open DreamTime.Diffusion

let private unet =
    """{"in_channels": 12, "out_channels": 12, "sample_size": 4, "block_out_channels": [8, 16],
        "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
        "layers_per_block": 1, "norm_num_groups": 4, "cross_attention_dim": 16, "attention_head_dim": 2}"""

let private text =
    """{"vocab_size": 54, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "max_position_embeddings": 16}"""

let private files =
    let letters =
        [ for c in 'a' .. 'z' -> string c ] @ [ for c in 'a' .. 'z' -> string c + "</w>" ]

    let vocabulary =
        List.indexed (letters @ [ "<|startoftext|>"; "<|endoftext|>" ])
        |> List.map (fun (id, token) -> token, id)

    [
        "model_index.json",
        """{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "text_encoder": ["transformers", "CLIPTextModel"],
            "tokenizer": ["transformers", "CLIPTokenizer"], "scheduler": ["diffusers", "DDIMScheduler"], "vae": ["dreamtime", "PixelUnshuffle"]}"""
        "unet/config.json", unet
        "text_encoder/config.json", text
        "vae/config.json", """{"_class_name": "PixelUnshuffle", "downscale_factor": 2}"""
        "scheduler/scheduler_config.json",
        """{"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}"""
        "tokenizer/vocab.json", JsonSerializer.Serialize(dict vocabulary)
        "tokenizer/merges.txt", "#version: 0.2\n"
        "tokenizer/tokenizer_config.json", """{"model_max_length": 16}"""
        "dreamtime.json",
        """{"fovy": 45, "distance": [2.6, 3], "elevation": [-10, 60], "known_words": ["a", "red", "mushroom", "view", "front"]}"""
    ]

let private save (model: torch.nn.Module) (file: string) =
    Safetensors.Write(file, model.state_dict ())

/// A whole prior with random weights in diffusers' layout: 8x8 images, twelve latent channels.
let write (path: string) =
    for name, content in files do
        let file = Path.Combine(path, name)
        Directory.CreateDirectory(nonNull (Path.GetDirectoryName file)) |> ignore
        File.WriteAllText(file, content)

    torch.manual_seed 1L |> ignore
    let file name = Path.Combine(path, name)
    save (new UNet2DConditionModel(UNet2DConditionConfig.Parse unet)) (file "unet/diffusion_pytorch_model.safetensors")
    save (new CLIPTextModel(CLIPTextConfig.Parse text)) (file "text_encoder/model.safetensors")

/// Hands a new one to the check, and removes it.
let using (check: string -> unit) =
    let path = Directory.CreateTempSubdirectory("dreamtime-prior-").FullName

    try
        write path
        check path
    finally
        Directory.Delete(path, true)

let private latentUnet = unet.Replace("12", "4")

let private autoencoder =
    """{"_class_name": "AutoencoderKL", "block_out_channels": [8, 16], "norm_num_groups": 4, "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}"""

/// As `write`, in Stable Diffusion's form: 8x8 images, four latent channels of an AutoencoderKL, and entries that say nothing.
let writeStableDiffusion (path: string) =
    write path
    let file name = Path.Combine(path, name)

    let index =
        File
            .ReadAllText(file "model_index.json")
            .Replace("[\"dreamtime\", \"PixelUnshuffle\"]", "[\"diffusers\", \"AutoencoderKL\"]")
            .Replace(
                "}",
                ", \"safety_checker\": [null, null], \"feature_extractor\": [\"transformers\", \"CLIPImageProcessor\"]}"
            )

    File.WriteAllText(file "model_index.json", index)
    File.WriteAllText(file "unet/config.json", latentUnet)
    File.WriteAllText(file "vae/config.json", autoencoder)

    save
        (new UNet2DConditionModel(UNet2DConditionConfig.Parse latentUnet))
        (file "unet/diffusion_pytorch_model.safetensors")

    save (new AutoencoderKL(AutoencoderKLConfig.Parse autoencoder)) (file "vae/diffusion_pytorch_model.safetensors")

/// Hands a new one in Stable Diffusion's form to the check, and removes it.
let usingStableDiffusion (check: string -> unit) =
    let path = Directory.CreateTempSubdirectory("dreamtime-prior-").FullName

    try
        writeStableDiffusion path
        check path
    finally
        Directory.Delete(path, true)
