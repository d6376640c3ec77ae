using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>The hyper-parameters of a <see cref="ControlNetModel"/>, as diffusers' <c>config.json</c> names them.</summary>
public sealed record ControlNetConfig
{
    /// <summary>Those it shares with the U-Net it controls; what concerns the way up has no influence.</summary>
    public required UNet2DConditionConfig UNet { get; init; }

    /// <summary>Channels of the image that controls.</summary>
    public int ConditioningChannels { get; init; } = 3;

    /// <summary>Channels of its embedding, from the image's size to the latent's; each but the first halves the size.</summary>
    public IReadOnlyList<int> ConditioningEmbeddingOutChannels { get; init; } = [16, 32, 96, 256];

    /// <summary>Whether the image's channels are reversed first.</summary>
    public bool ReversesChannels { get; init; }

    /// <summary>Whether each residual is averaged over its pixels.</summary>
    public bool GlobalPoolConditions { get; init; }

    /// <summary>Reads a diffusers <c>config.json</c>. Keys that are absent take diffusers' defaults; keys without influence are ignored, unknown ones refused.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">Values contradict each other or have the wrong type; the message names the key and its value.</exception>
    public static ControlNetConfig Parse(string json)
    {
        var file = new ModelConfig(nameof(ControlNetModel), json);
        var unet = UNet2DConditionConfigReader.ReadControlNet(file);
        var standard = new ControlNetConfig { UNet = unet };
        var config = standard with
        {
            ConditioningChannels = file.Int("conditioning_channels", standard.ConditioningChannels),
            ConditioningEmbeddingOutChannels = file.Ints("conditioning_embedding_out_channels", standard.ConditioningEmbeddingOutChannels),
            ReversesChannels = file.OneOf(
                "controlnet_conditioning_channel_order", false, new Dictionary<string, bool> { ["rgb"] = false, ["bgr"] = true }),
            GlobalPoolConditions = file.Bool("global_pool_conditions", false),
        };
        file.RequireNothingElse("upcast_attention", "addition_time_embed_dim");
        if (config.ConditioningChannels <= 0)
            throw file.Wrong("conditioning_channels", "positive");
        return config.ConditioningEmbeddingOutChannels is { Count: > 0 } channels && channels.All(c => c > 0)
            ? config
            : throw file.Wrong("conditioning_embedding_out_channels", "a list of at least one positive integer");
    }
}
