using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>
/// The hyper-parameters of an <see cref="AutoencoderKL"/>, as diffusers' <c>vae/config.json</c> names them. Channels are listed from the finest resolution to the coarsest.
/// </summary>
public sealed record AutoencoderKLConfig
{
    /// <summary>Channels of an image that is encoded.</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of a decoded image.</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of a latent.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels per resolution; each further entry halves height and width.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [64];

    /// <summary>Residual blocks per resolution of the encoder; the decoder has one more.</summary>
    public int LayersPerBlock { get; init; } = 1;

    /// <summary>Groups of every group normalisation.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>The residual blocks' activation: <c>silu</c> (or its other name <c>swish</c>), <c>gelu</c> or <c>mish</c>.</summary>
    public string ActFn { get; init; } = "silu";

    /// <summary>What latents are multiplied by before they are noised, so that their variance is about one.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>Reads a diffusers <c>config.json</c>. Keys that are absent take diffusers' defaults; keys without influence are ignored, unknown ones refused.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">Values contradict each other or have the wrong type; the message names the key and its value.</exception>
    public static AutoencoderKLConfig Parse(string json)
    {
        var file = new ModelConfig(nameof(AutoencoderKL), json);
        file.RequireSupported(Supported);
        var standard = new AutoencoderKLConfig();
        var config = new AutoencoderKLConfig
        {
            InChannels = Positive("in_channels", standard.InChannels),
            OutChannels = Positive("out_channels", standard.OutChannels),
            LatentChannels = Positive("latent_channels", standard.LatentChannels),
            BlockOutChannels = file.Ints("block_out_channels", standard.BlockOutChannels),
            LayersPerBlock = Positive("layers_per_block", standard.LayersPerBlock),
            NormNumGroups = Positive("norm_num_groups", standard.NormNumGroups),
            ActFn = file.Text("act_fn", standard.ActFn),
            ScalingFactor = file.Double("scaling_factor", standard.ScalingFactor),
        };
        var levels = config.BlockOutChannels.Count;
        Require(levels is > 0 and <= MostLevels && config.BlockOutChannels.All(c => c > 0 && c % config.NormNumGroups == 0), "block_out_channels",
            $"1 to {MostLevels} positive multiples of norm_num_groups ({config.NormNumGroups})");
        Require(config.ScalingFactor > 0 && double.IsFinite(config.ScalingFactor), "scaling_factor", "a positive number");
        RequireBlocks("down_block_types", "DownEncoderBlock2D");
        RequireBlocks("up_block_types", "UpDecoderBlock2D");
        file.RequireNothingElse("sample_size", "force_upcast");
        return config;

        int Positive(string key, int whenAbsent) =>
            file.Int(key, whenAbsent) is > 0 and var value ? value : throw file.Wrong(key, "a positive integer");

        void RequireBlocks(string key, string only)
        {
            var types = file.Texts(key, [only]);
            Require(types.Count == levels && types.All(type => type == only), key, $"{levels} of {only}, one per entry of block_out_channels");
        }

        void Require(bool holds, string key, string expected)
        {
            if (!holds)
                throw file.Wrong(key, expected);
        }
    }

    private const int MostLevels = 16;

    private static readonly Dictionary<string, string[]> Supported = new()
    {
        ["_class_name"] = ["\"AutoencoderKL\""],
        ["act_fn"] = ["\"silu\"", "\"swish\"", "\"gelu\"", "\"mish\""],
        ["latents_mean"] = [],
        ["latents_std"] = [],
        ["mid_block_add_attention"] = ["true"],
        ["shift_factor"] = ["0"],
        ["use_post_quant_conv"] = ["true"],
        ["use_quant_conv"] = ["true"],
    };
}
