using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>T5's tokenizer and encoder, as DeepFloyd-IF reads prompts: in lower case, in 77 places, padding masked.</summary>
internal sealed class T5PromptEncoder : IPromptEncoder
{
    private const int Places = 77;

    private readonly T5Tokenizer tokenizer;
    private readonly T5EncoderModel model;

    private T5PromptEncoder(T5Tokenizer tokenizer, T5EncoderModel model)
    {
        this.tokenizer = tokenizer;
        this.model = model;
    }

    public static T5PromptEncoder Load(ModelFolder folder, DeviceType device, ScalarType type)
    {
        var tokenizer = T5Tokenizer.Load(folder);
        var model = Initialization.LeftOut(() => new T5EncoderModel(T5Config.Parse(folder.ReadText("text_encoder/config.json"))));
        return new T5PromptEncoder(tokenizer, TextEncoderWeights.Into(model, folder, device, type));
    }

    public Tensor Encode(string prompt)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (ids, mask) = tokenizer.EncodePadded(prompt.Trim().ToLowerInvariant(), Places);
        // A tokenizer may know sentinels that the encoder was trained without.
        if (ids.Max() >= model.Config.VocabSize)
            throw new ArgumentException($"The prompt has a token of id {ids.Max()}, and the text encoder knows {model.Config.VocabSize} tokens.", nameof(prompt));
        var place = ModulePlace.Of(model);
        Tensor Row(long[] numbers) => place.Bring(tensor(numbers).reshape(1, Places));
        return model.call(Row(ids), Row(mask)).to(ScalarType.Float32, CPU).MoveToOuterDisposeScope();
    }

    public IEnumerable<string> Words(string prompt) => prompt.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => model.Dispose();
}
