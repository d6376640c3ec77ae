module DreamTime.Diffusion.Tests.CLIPTextModelTests

open Expecto
open TorchSharp
open DreamTime.Diffusion

let private load model =
    let folder = ModelFolder.At(GoldenFixture.Folder model)

    let config = CLIPTextConfig.Parse(folder.ReadText "text_encoder/config.json")

    let encoder = new CLIPTextModel(config)
    ModuleLoader.Load(encoder, folder, folder.WeightsFile "text_encoder")
    encoder

let private golden model =
    test $"{model}: states, pooled output and gradient equal transformers'" {
        use _ = torch.NewDisposeScope()
        let fixture = GoldenFixture(model, "text_encoder")
        let encoder = load model
        let layers = encoder.Config.NumHiddenLayers
        let layerPaths = [ for layer in 0 .. layers - 1 -> $"text_model.encoder.layers.{layer}" ]
        let outputs = ModuleHooks.record layerPaths encoder
        let modules = dict [ for struct (path, m) in encoder.named_modules () -> path, m ]
        let mutable embedded = torch.zeros 1L

        modules["text_model.embeddings"]
        |> ModuleHooks.onOutput (fun y ->
            embedded <- y.detach().DetachFromDisposeScope().requires_grad_()
            embedded)

        let struct (states, pooled) = encoder.call fixture["in.input_ids"]
        (states * fixture["in.w"]).sum().backward()
        fixture.Compare("out.last_hidden_state", states)
        fixture.Compare("out.pooled", pooled)
        fixture.Compare("grad.inputs_embeds", nonNull embedded.grad)
        fixture.Compare("mid.hidden_states.0", embedded)

        layerPaths
        |> List.iteri (fun layer path -> fixture.Compare($"mid.hidden_states.{layer + 1}", outputs[path]))

        let normed =
            (modules["text_model.final_layer_norm"] :?> torch.nn.Module<torch.Tensor, torch.Tensor>).call
                outputs[layerPaths[layers - 2]]

        fixture.Compare("out.penultimate_normed", normed)
        printfn "%s text encoder: largest error %.2f atol at %s" model (fst fixture.Worst) (snd fixture.Worst)
    }

let tests = testList "CLIPTextModel" [ golden "sd15-tiny"; golden "sd21-tiny" ]
