using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>
/// The hyper-parameters of a <see cref="CLIPVisionModelWithProjection"/>, as transformers' <c>image_encoder/config.json</c> names them.
/// </summary>
public sealed record CLIPVisionConfig
{
    /// <summary>Side of the square image, pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>Side of a square patch, pixels.</summary>
    public int PatchSize { get; init; } = 32;

    /// <summary>Channels of the image.</summary>
    public int NumChannels { get; init; } = 3;

    /// <summary>Width of a patch's state.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Width inside the perceptron of each layer.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Width of the embedding.</summary>
    public int ProjectionDim { get; init; } = 512;

    /// <summary>Number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Heads of each attention.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary><c>quick_gelu</c> (OpenAI's models) or <c>gelu</c> (OpenCLIP's).</summary>
    public string HiddenAct { get; init; } = "quick_gelu";

    /// <summary>Epsilon of the layer normalisations.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    internal CLIPLayerConfig Layers => new(HiddenSize, IntermediateSize, NumHiddenLayers, NumAttentionHeads, HiddenAct, LayerNormEps, Causal: false);

    /// <summary>Reads a transformers <c>config.json</c>. Keys that are absent take transformers' defaults; keys without influence here are ignored.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">A value is out of range or has the wrong type; the message names the key and its value.</exception>
    public static CLIPVisionConfig Parse(string json)
    {
        var file = new ModelConfig(nameof(CLIPVisionModelWithProjection), json);
        file.RequireSupported(new Dictionary<string, string[]>
        {
            ["model_type"] = ["\"clip_vision_model\""],
            ["hidden_act"] = ["\"quick_gelu\"", "\"gelu\""],
        });
        var standard = new CLIPVisionConfig();
        var config = new CLIPVisionConfig
        {
            ImageSize = file.PositiveInt("image_size", standard.ImageSize),
            PatchSize = file.PositiveInt("patch_size", standard.PatchSize),
            NumChannels = file.PositiveInt("num_channels", standard.NumChannels),
            HiddenSize = file.PositiveInt("hidden_size", standard.HiddenSize),
            IntermediateSize = file.PositiveInt("intermediate_size", standard.IntermediateSize),
            ProjectionDim = file.PositiveInt("projection_dim", standard.ProjectionDim),
            NumHiddenLayers = file.PositiveInt("num_hidden_layers", standard.NumHiddenLayers),
            NumAttentionHeads = file.PositiveInt("num_attention_heads", standard.NumAttentionHeads),
            HiddenAct = file.Text("hidden_act", standard.HiddenAct),
            LayerNormEps = file.Double("layer_norm_eps", standard.LayerNormEps),
        };
        if (config.PatchSize > config.ImageSize)
            throw file.Wrong("patch_size", $"at most image_size ({config.ImageSize})");
        return config.HiddenSize % config.NumAttentionHeads == 0
            ? config
            : throw file.Wrong("num_attention_heads", $"a divisor of hidden_size ({config.HiddenSize})");
    }
}
