using System.Text.Json.Nodes;

namespace DreamTime.Training;

/// <summary>The sizes of the network that is trained; the rest of its configuration is fixed.</summary>
public sealed record PriorArchitecture
{
    /// <summary>Pixels per latent row and column: the codec's factor.</summary>
    public const int Unshuffle = 2;

    /// <summary>The one that ships: 3.8 million parameters, under 8 MB in half precision.</summary>
    public static PriorArchitecture Standard { get; } = new();

    /// <summary>Image height and width in pixels.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>U-Net channels per resolution, multiples of <see cref="NormGroups"/>.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [64, 112];

    /// <summary>Attention heads per resolution; the finest has no attention.</summary>
    public IReadOnlyList<int> Heads { get; init; } = [4, 7];

    /// <summary>Groups of the group normalisations.</summary>
    public int NormGroups { get; init; } = 16;

    /// <summary>Width of the text states, a multiple of 4.</summary>
    public int TextWidth { get; init; } = 128;

    /// <summary>Layers of the text encoder.</summary>
    public int TextLayers { get; init; } = 3;

    /// <summary>diffusers' <c>unet/config.json</c>.</summary>
    public string UNetConfig()
    {
        const int Latent = 3 * Unshuffle * Unshuffle;
        var finest = Channels.Count - 1;
        return PriorFolder.Json(new JsonObject
        {
            ["_class_name"] = "UNet2DConditionModel",
            ["act_fn"] = "silu",
            ["attention_head_dim"] = Array(Heads.Select(heads => (JsonNode)heads)),
            ["block_out_channels"] = Array(Channels.Select(channels => (JsonNode)channels)),
            ["center_input_sample"] = false,
            ["cross_attention_dim"] = TextWidth,
            ["down_block_types"] = Array(Channels.Select((_, i) => (JsonNode)(i == 0 ? "DownBlock2D" : "CrossAttnDownBlock2D"))),
            ["downsample_padding"] = 1,
            ["flip_sin_to_cos"] = true,
            ["freq_shift"] = 0,
            ["in_channels"] = Latent,
            ["layers_per_block"] = 1,
            ["mid_block_type"] = "UNetMidBlock2DCrossAttn",
            ["norm_eps"] = 1e-5,
            ["norm_num_groups"] = NormGroups,
            ["out_channels"] = Latent,
            ["sample_size"] = ImageSize / Unshuffle,
            ["up_block_types"] = Array(Channels.Select((_, i) => (JsonNode)(i == finest ? "UpBlock2D" : "CrossAttnUpBlock2D"))),
        });
    }

    /// <summary>transformers' <c>text_encoder/config.json</c>.</summary>
    public string TextConfig() => PriorFolder.Json(new JsonObject
    {
        ["architectures"] = Array(["CLIPTextModel"]),
        ["bos_token_id"] = PriorVocabulary.Tokens.Count - 2,
        ["eos_token_id"] = PriorVocabulary.Tokens.Count - 1,
        ["hidden_act"] = "quick_gelu",
        ["hidden_size"] = TextWidth,
        ["intermediate_size"] = 2 * TextWidth,
        ["layer_norm_eps"] = 1e-5,
        ["max_position_embeddings"] = PriorVocabulary.Length,
        ["model_type"] = "clip_text_model",
        ["num_attention_heads"] = 4,
        ["num_hidden_layers"] = TextLayers,
        ["pad_token_id"] = PriorVocabulary.Tokens.Count - 1,
        ["projection_dim"] = TextWidth,
        ["vocab_size"] = PriorVocabulary.Tokens.Count,
    });

    private static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
