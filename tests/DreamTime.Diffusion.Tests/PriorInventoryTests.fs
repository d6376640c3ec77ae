module DreamTime.Diffusion.Tests.PriorInventoryTests

open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private take path everyTensor =
    PriorInventory.Of(PriorSource.Folder path, everyTensor)

let private part name (inventory: PriorInventory) =
    inventory.Parts |> Seq.find (fun part -> part.Name = name)

let private parameters (model: torch.nn.Module) =
    model.parameters () |> Seq.sumBy (fun parameter -> parameter.numel ())

/// Rewrites weights with one tensor changed; none removes it.
let private change (file: string) (name: string) (edit: torch.Tensor -> (string * torch.Tensor) option) =
    use _ = torch.NewDisposeScope()

    let tensors =
        Safetensors.Read file
        |> Seq.choose (fun entry ->
            if entry.Key = name then
                edit (entry.Value.ToTensor())
            else
                Some(entry.Key, entry.Value.ToTensor()))
        |> dict
        |> System.Collections.Generic.Dictionary

    Safetensors.Write(file, tensors)

let private complains (inventory: PriorInventory) (parts: string list) =
    let all = String.concat "\n" inventory.Problems

    for part in parts do
        Expect.stringContains all part "the problems"

let tests =
    testList "PriorInventory" [
        test "says what there is: classes, parameters, types, memory, and what is not used" {
            TinyPrior.usingStableDiffusion (fun path ->
                for everyTensor in [ false; true ] do
                    let inventory = take path everyTensor
                    Expect.isEmpty inventory.Problems "usable"

                    Expect.equal
                        (inventory.Pipeline, inventory.Does)
                        ("StableDiffusionPipeline", "text to image")
                        "kind"

                    let folder = ModelFolder.At path

                    use unet =
                        new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText "unet/config.json"))

                    use vae =
                        new AutoencoderKL(AutoencoderKLConfig.Parse(folder.ReadText "vae/config.json"))

                    use text =
                        new CLIPTextModel(CLIPTextConfig.Parse(folder.ReadText "text_encoder/config.json"))

                    let counts = [ parameters unet; parameters vae; parameters text ]

                    Expect.sequenceEqual
                        [ for name in [ "unet"; "vae"; "text_encoder" ] -> (part name inventory).Parameters ]
                        counts
                        "parameters"

                    Expect.equal inventory.MemoryBytes (4L * List.sum counts) "four bytes each"
                    Expect.equal (List.ofSeq (part "unet" inventory).Stored) [ SafetensorsDtype.F32 ] "stored"
                    Expect.stringContains (part "unet" inventory).Description "4 x 4 x 4" "latents"
                    Expect.stringContains (part "tokenizer" inventory).Description "54 tokens" "tokenizer"
                    Expect.isFalse (part "feature_extractor" inventory).IsUsed "not used"
                    Expect.isTrue (part "scheduler" inventory).IsUsed "used")
        }

        test "a Zero-1-to-3 folder is one, and everything in it fits" {
            let folder = SharedGolden.folder "zero123-tiny"
            let inventory = take folder.Name true
            Expect.isEmpty inventory.Problems "usable"
            Expect.equal inventory.Does "image to view" "what it does"
            Expect.isTrue (part "cc_projection" inventory).IsUsed "its own parts"
            Expect.equal (part "cc_projection" inventory).Parameters (28L * 24L + 24L) "parameters"
        }

        test "the embedded prior is whole" {
            let inventory = PriorInventory.Of(PriorSource.Embedded, everyTensor = true)
            Expect.isEmpty inventory.Problems "usable"
            Expect.isGreaterThan inventory.MemoryBytes 0L "weights"
        }

        test "all that is wrong is said at once, each with its part" {
            TinyPrior.usingStableDiffusion (fun path ->
                let file name = Path.Combine(path, name)
                File.Delete(file "vae/diffusion_pytorch_model.safetensors")
                File.Move(file "text_encoder/model.safetensors", file "text_encoder/pytorch_model.bin")
                File.WriteAllText(file "unet/config.json", """{"time_embedding_type": "none"}""")
                File.WriteAllText(file "tokenizer/vocab.json", "{")
                File.Delete(file "scheduler/scheduler_config.json")

                complains (take path false) [
                    "vae: "
                    "no weights"
                    "text_encoder: "
                    "pickle"
                    "unet: "
                    "time_embedding_type"
                    "tokenizer: "
                    "vocab.json"
                    "scheduler: "
                    "scheduler_config.json"
                ])
        }

        test "parts that do not fit each other are said" {
            TinyPrior.usingStableDiffusion (fun path ->
                let edit name (was: string) (becomes: string) =
                    let file = Path.Combine(path, name)
                    File.WriteAllText(file, File.ReadAllText(file).Replace(was, becomes))

                edit "vae/config.json" "\"block_out_channels\"" "\"latent_channels\": 5, \"block_out_channels\""
                edit "unet/config.json" "\"cross_attention_dim\": 16" "\"cross_attention_dim\": 24"
                complains (take path false) [ "latents of vae have 5"; "width 24" ])
        }

        test "tensors that are missing, of another shape, or not finite are listed, by name, all of them" {
            TinyPrior.usingStableDiffusion (fun path ->
                let file name = Path.Combine(path, name)
                let unet = file "unet/diffusion_pytorch_model.safetensors"
                change unet "conv_in.weight" (fun tensor -> Some("conv_in.other", tensor))
                change unet "conv_out.bias" (fun tensor -> Some("conv_out.bias", tensor.narrow (0L, 0L, 3L)))

                change (file "vae/diffusion_pytorch_model.safetensors") "quant_conv.bias" (fun tensor ->
                    Some("quant_conv.bias", torch.full_like (tensor, nanf.ToScalar())))

                Expect.isEmpty (take path false).Problems "headers alone do not tell"

                complains (take path true) [
                    "unet: tensors missing: conv_in.weight"
                    "unet: tensors unexpected: conv_in.other"
                    "unet: tensors of another shape: conv_out.bias [3] for [4]"
                    "vae: tensors not finite: quant_conv.bias"
                ])
        }
    ]
