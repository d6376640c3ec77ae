/// A diffusion model of a few thousand random weights in diffusers' layout: it draws nothing, fast.
module DreamTime.Tests.TinyPrior

open System.Collections.Generic
open System.IO
open System.Text.Json
open DreamTime.Diffusion
open TorchSharp

let private unet =
    """{"_class_name":"UNet2DConditionModel","sample_size":8,"in_channels":12,"out_channels":12,"block_out_channels":[8,16],
    "down_block_types":["CrossAttnDownBlock2D","DownBlock2D"],"up_block_types":["UpBlock2D","CrossAttnUpBlock2D"],
    "layers_per_block":1,"norm_num_groups":4,"attention_head_dim":2,"cross_attention_dim":8}"""

let private textEncoder =
    """{"model_type":"clip_text_model","vocab_size":54,"hidden_size":8,"intermediate_size":16,"num_hidden_layers":1,
    "num_attention_heads":2,"max_position_embeddings":16}"""

let private texts = [
    "model_index.json",
    """{"unet":["diffusers","UNet2DConditionModel"],"vae":["dreamtime","PixelUnshuffle"],
        "text_encoder":["transformers","CLIPTextModel"],"tokenizer":["transformers","CLIPTokenizer"],
        "scheduler":["diffusers","DDIMScheduler"]}"""
    "scheduler/scheduler_config.json",
    """{"num_train_timesteps":1000,"beta_schedule":"squaredcos_cap_v2","prediction_type":"epsilon"}"""
    "vae/config.json", """{"_class_name":"PixelUnshuffle","downscale_factor":2}"""
    "dreamtime.json",
    """{"fovy":45,"distance":[2.6,3],"elevation":[-10,60],"known_words":["a","red","ball","front","side","back","overhead","view"]}"""
    "unet/config.json", unet
    "text_encoder/config.json", textEncoder
    "tokenizer/merges.txt", "#version: 0.2\n"
    "tokenizer/tokenizer_config.json", """{"model_max_length":16}"""
    "tokenizer/special_tokens_map.json",
    """{"bos_token":"<|startoftext|>","eos_token":"<|endoftext|>","unk_token":"<|endoftext|>","pad_token":"<|endoftext|>"}"""
]

/// The letters, inside and at the end of a word, and the two special tokens.
let private vocabulary =
    let letters = [ for letter in 'a' .. 'z' -> string letter ]
    letters @ List.map (fun letter -> letter + "</w>") letters @ [ "<|startoftext|>"; "<|endoftext|>" ]

let private saveWeights (path: string) (model: torch.nn.Module) =
    let tensors = Dictionary<string, torch.Tensor>()

    for entry in model.state_dict () do
        tensors[entry.Key] <- entry.Value

    Safetensors.Write(path, tensors)

/// Writes the model into a folder and returns the folder.
let write (folder: string) =
    NativeLibtorch.Load()
    use _noGradients = torch.no_grad ()
    torch.manual_seed 1L |> ignore
    let inside (file: string) = Path.Combine(folder, file)

    for file, content in texts do
        Directory.CreateDirectory(Path.GetDirectoryName(inside file) |> string) |> ignore
        File.WriteAllText(inside file, content)

    let ids = Dictionary<string, int>()
    vocabulary |> List.iteri (fun id token -> ids[token] <- id)
    File.WriteAllText(inside "tokenizer/vocab.json", JsonSerializer.Serialize ids)

    use unetModel = new UNet2DConditionModel(UNet2DConditionConfig.Parse unet)
    use textModel = new CLIPTextModel(CLIPTextConfig.Parse textEncoder)
    saveWeights (inside "unet/diffusion_pytorch_model.safetensors") unetModel
    saveWeights (inside "text_encoder/model.safetensors") textModel
    folder

let private latentUnet = unet.Replace(":12", ":4")

let private autoencoder =
    """{"_class_name":"AutoencoderKL","block_out_channels":[8,16],"norm_num_groups":4,
    "down_block_types":["DownEncoderBlock2D","DownEncoderBlock2D"],"up_block_types":["UpDecoderBlock2D","UpDecoderBlock2D"]}"""

/// As `write`, in Stable Diffusion's form: 16x16 images, four latent channels of an AutoencoderKL.
let writeStableDiffusion (folder: string) =
    write folder |> ignore
    use _noGradients = torch.no_grad ()
    let inside (file: string) = Path.Combine(folder, file)

    let index =
        (File.ReadAllText(inside "model_index.json"))
            .Replace("\"dreamtime\",\"PixelUnshuffle\"", "\"diffusers\",\"AutoencoderKL\"")

    File.WriteAllText(inside "model_index.json", index)
    File.WriteAllText(inside "unet/config.json", latentUnet)
    File.WriteAllText(inside "vae/config.json", autoencoder)
    use unetModel = new UNet2DConditionModel(UNet2DConditionConfig.Parse latentUnet)
    use vae = new AutoencoderKL(AutoencoderKLConfig.Parse autoencoder)
    saveWeights (inside "unet/diffusion_pytorch_model.safetensors") unetModel
    saveWeights (inside "vae/diffusion_pytorch_model.safetensors") vae
    folder

/// Writes a model that turns images, in Zero-1-to-3's form: 16x16 images.
let writeZero123 (folder: string) =
    NativeLibtorch.Load()
    use _noGradients = torch.no_grad ()
    torch.manual_seed 2L |> ignore
    let inside (file: string) = Path.Combine(folder, file)

    let vision =
        """{"model_type":"clip_vision_model","image_size":12,"patch_size":4,"hidden_size":8,"intermediate_size":16,"num_hidden_layers":1,
        "num_attention_heads":2,"projection_dim":6}"""

    let projection = """{"in_channel":10,"out_channel":8}"""
    let turning = latentUnet.Replace("\"in_channels\":4", "\"in_channels\":8")

    let put (file: string) (text: string) =
        Directory.CreateDirectory(Path.GetDirectoryName(inside file) |> string) |> ignore
        File.WriteAllText(inside file, text)

    put
        "model_index.json"
        """{"unet":["diffusers","UNet2DConditionModel"],"vae":["diffusers","AutoencoderKL"],"scheduler":["diffusers","DDIMScheduler"],
        "image_encoder":["transformers","CLIPVisionModelWithProjection"],"cc_projection":["zero123","CCProjection"]}"""

    put "scheduler/scheduler_config.json" """{"beta_schedule":"scaled_linear","beta_start":0.00085,"beta_end":0.012}"""
    put "image_encoder/config.json" vision
    put "cc_projection/config.json" projection
    put "unet/config.json" turning
    put "vae/config.json" autoencoder
    use encoder = new CLIPVisionModelWithProjection(CLIPVisionConfig.Parse vision)
    use camera = CCProjection.Parse projection
    use unetModel = new UNet2DConditionModel(UNet2DConditionConfig.Parse turning)
    use vae = new AutoencoderKL(AutoencoderKLConfig.Parse autoencoder)
    saveWeights (inside "image_encoder/model.safetensors") encoder
    saveWeights (inside "cc_projection/diffusion_pytorch_model.safetensors") camera
    saveWeights (inside "unet/diffusion_pytorch_model.safetensors") unetModel
    saveWeights (inside "vae/diffusion_pytorch_model.safetensors") vae
    folder
