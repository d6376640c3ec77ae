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

/// A whole prior with random weights in diffusers' layout: 8x8 images, twelve latent channels.
let write (path: string) =
    for name, content in files do
        let file = Path.Combine(path, name)
        Directory.CreateDirectory(nonNull (Path.GetDirectoryName file)) |> ignore
        File.WriteAllText(file, content)

    let save (model: torch.nn.Module) (file: string) =
        Safetensors.Write(Path.Combine(path, file), model.state_dict ())

    torch.manual_seed 1L |> ignore
    save (new UNet2DConditionModel(UNet2DConditionConfig.Parse unet)) "unet/diffusion_pytorch_model.safetensors"
    save (new CLIPTextModel(CLIPTextConfig.Parse text)) "text_encoder/model.safetensors"

/// Hands a new one to the check, and removes it.
let using (check: string -> unit) =
    let path = Directory.CreateTempSubdirectory("dreamtime-prior-").FullName

    try
        write path
        check path
    finally
        Directory.Delete(path, true)
