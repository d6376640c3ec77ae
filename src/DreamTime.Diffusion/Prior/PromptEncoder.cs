using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A tokenizer and a text encoder: from a prompt to the embedding that conditions a denoiser.</summary>
internal sealed class PromptEncoder : IPromptEncoder
{
    private readonly ClipTokenizer tokenizer;
    private readonly CLIPTextModel model;

    private PromptEncoder(ClipTokenizer tokenizer, CLIPTextModel model)
    {
        this.tokenizer = tokenizer;
        this.model = model;
    }

    public static PromptEncoder Load(ModelFolder folder, DeviceType device, ScalarType type)
    {
        var tokenizer = ClipTokenizer.Load(folder);
        var model = Initialization.LeftOut(() => new CLIPTextModel(CLIPTextConfig.Parse(folder.ReadText("text_encoder/config.json"))));
        return new PromptEncoder(tokenizer, TextEncoderWeights.Into(model, folder, device, type));
    }

    /// <summary>The last states [1, tokens, width] of a padded prompt.</summary>
    public Tensor Encode(string prompt)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long[] ids = tokenizer.EncodePadded(prompt);
        var states = model.call(ModulePlace.Of(model).Bring(tensor(ids).reshape(1, ids.Length))).LastHiddenState;
        return states.to(ScalarType.Float32, CPU).MoveToOuterDisposeScope();
    }

    /// <summary>The words, numbers and symbols (emoji among them) of a prompt, without its punctuation.</summary>
    public IEnumerable<string> Words(string prompt) => tokenizer.Words(prompt).Where(word => !word.All(char.IsPunctuation));

    public void Dispose() => model.Dispose();
}
