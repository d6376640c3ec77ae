using System.Text.RegularExpressions;

namespace DreamTime.Diffusion;

/// <summary>Names that older versions of diffusers gave to tensors. The autoencoder's attention in published Stable Diffusion checkpoints still has them.</summary>
internal static partial class LegacyNames
{
    private static readonly Dictionary<string, string> Attention = new()
    {
        ["query"] = "to_q",
        ["key"] = "to_k",
        ["value"] = "to_v",
        ["proj_attn"] = "to_out.0",
    };

    /// <summary>What some checkpoints call T5's <c>shared.weight</c>, or store a second time.</summary>
    public const string EncoderEmbedding = "encoder.embed_tokens.weight";

    /// <summary>The name of today, which is the same for all other tensors.</summary>
    public static string Current(string name) =>
        AttentionProjection().Match(name) is { Success: true } match
            ? $"{match.Groups[1].Value}.{Attention[match.Groups[2].Value]}.{match.Groups[3].Value}"
            : name == EncoderEmbedding ? "shared.weight" : name;

    [GeneratedRegex(@"^(.*\battentions\.\d+)\.(query|key|value|proj_attn)\.(weight|bias)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex AttentionProjection();
}
