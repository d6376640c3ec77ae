using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>The hyper-parameters of a <see cref="CLIPTextModel"/>, as transformers' <c>text_encoder/config.json</c> names them.</summary>
public sealed record CLIPTextConfig
{
    /// <summary>Number of token ids.</summary>
    public int VocabSize { get; init; } = 49408;

    /// <summary>Width of a token's state.</summary>
    public int HiddenSize { get; init; } = 512;

    /// <summary>Width inside the perceptron of each layer.</summary>
    public int IntermediateSize { get; init; } = 2048;

    /// <summary>Number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Heads of each attention.</summary>
    public int NumAttentionHeads { get; init; } = 8;

    /// <summary>Longest sequence of tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 77;

    /// <summary><c>quick_gelu</c> (OpenAI's models) or <c>gelu</c> (OpenCLIP's).</summary>
    public string HiddenAct { get; init; } = "quick_gelu";

    /// <summary>Epsilon of the layer normalisations.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    internal CLIPLayerConfig Layers => new(HiddenSize, IntermediateSize, NumHiddenLayers, NumAttentionHeads, HiddenAct, LayerNormEps, Causal: true);

    /// <summary>Reads a transformers <c>config.json</c>. Keys that are absent take transformers' defaults; keys without influence here are ignored.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">A value is out of range or has the wrong type; the message names the key and its value.</exception>
    public static CLIPTextConfig Parse(string json)
    {
        var file = new ModelConfig(nameof(CLIPTextModel), json);
        file.RequireSupported(new Dictionary<string, string[]>
        {
            ["model_type"] = ["\"clip_text_model\""],
            ["hidden_act"] = ["\"quick_gelu\"", "\"gelu\""],
        });
        var standard = new CLIPTextConfig();
        var config = new CLIPTextConfig
        {
            VocabSize = Positive("vocab_size", standard.VocabSize),
            HiddenSize = Positive("hidden_size", standard.HiddenSize),
            IntermediateSize = Positive("intermediate_size", standard.IntermediateSize),
            NumHiddenLayers = Positive("num_hidden_layers", standard.NumHiddenLayers),
            NumAttentionHeads = Positive("num_attention_heads", standard.NumAttentionHeads),
            MaxPositionEmbeddings = Positive("max_position_embeddings", standard.MaxPositionEmbeddings),
            HiddenAct = file.Text("hidden_act", standard.HiddenAct),
            LayerNormEps = file.Double("layer_norm_eps", standard.LayerNormEps),
        };
        return config.HiddenSize % config.NumAttentionHeads == 0
            ? config
            : throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({config.HiddenSize})");

        int Positive(string key, int whenAbsent) =>
            file.Int(key, whenAbsent) is > 0 and var value ? value : throw file.Wrong(key, "a positive integer");
    }
}
