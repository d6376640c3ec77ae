using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>CLIP's text encoder: states after every layer, pooled output, gradient at the embeddings.</summary>
internal sealed class TextEncoderFixture : IFixture
{
    private const string Layers = "text_model.encoder.layers.";

    public bool Matches(GoldenFile file) => file.Has("in.input_ids") && file.Has("out.last_hidden_state") && file.Has("out.pooled");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        using var encoder = new CLIPTextModel(CLIPTextConfig.Parse(folder.ReadText($"{file.Name}/config.json")));
        ModuleLoader.Load(encoder, folder, folder.WeightsFile(file.Name));
        encoder.to(Compute.Device);
        int layers = encoder.Config.NumHiddenLayers;
        var outputs = new ModuleOutputs(encoder, Enumerable.Range(0, layers).Select(layer => $"{Layers}{layer}"));
        var embedded = outputs.Leaf("text_model.embeddings");
        var (states, pooled) = encoder.call(file["in.input_ids"]);
        (states * file["in.w"]).sum().backward();

        Tensor Hidden(int depth) => depth == 0 ? embedded() : outputs[$"{Layers}{depth - 1}"]!;
        for (int depth = 0; depth <= layers; depth++)
            if (file.Has($"mid.hidden_states.{depth}"))
                yield return file.Compare($"mid.hidden_states.{depth}", Hidden(depth));
        yield return file.Compare("out.last_hidden_state", states);
        yield return file.Compare("out.pooled", pooled);
        yield return file.Compare("grad.inputs_embeds", embedded().grad!);
        if (file.Has("out.penultimate_normed"))
        {
            var norm = (nn.Module<Tensor, Tensor>)encoder.named_modules().Single(pair => pair.name == "text_model.final_layer_norm").module;
            yield return file.Compare("out.penultimate_normed", norm.call(Hidden(layers - 1)));
        }
    }
}
