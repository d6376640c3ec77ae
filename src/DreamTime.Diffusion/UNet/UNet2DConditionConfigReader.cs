namespace DreamTime.Diffusion;

/// <summary>From diffusers' <c>unet/config.json</c> to a <see cref="UNet2DConditionConfig"/> that can be built.</summary>
internal static class UNet2DConditionConfigReader
{
    private static readonly Dictionary<string, string[]> Supported = new()
    {
        ["_class_name"] = ["\"UNet2DConditionModel\""],
        ["act_fn"] = ["\"silu\"", "\"swish\"", "\"gelu\"", "\"mish\""],
        ["addition_embed_type"] = [],
        ["attention_type"] = ["\"default\""],
        ["class_embed_type"] = [],
        ["num_class_embeds"] = [],
        ["class_embeddings_concat"] = ["false"],
        ["cross_attention_norm"] = [],
        ["downsample_padding"] = ["1"],
        ["dropout"] = ["0"],
        ["dual_cross_attention"] = ["false"],
        ["encoder_hid_dim"] = [],
        ["encoder_hid_dim_type"] = [],
        ["mid_block_only_cross_attention"] = ["false"],
        ["mid_block_scale_factor"] = ["1"],
        ["mid_block_type"] = ["\"UNetMidBlock2DCrossAttn\""],
        ["only_cross_attention"] = ["false"],
        ["resnet_out_scale_factor"] = ["1"],
        ["resnet_skip_time_act"] = ["false"],
        ["resnet_time_scale_shift"] = ["\"default\""],
        ["reverse_transformer_layers_per_block"] = [],
        ["time_cond_proj_dim"] = [],
        ["time_embedding_act_fn"] = [],
        ["time_embedding_type"] = ["\"positional\""],
        ["timestep_post_act"] = [],
    };

    public static UNet2DConditionConfig Read(string json)
    {
        var file = new ModelConfig("UNet2DConditionModel", json);
        file.RequireSupported(Supported);
        var standard = new UNet2DConditionConfig();
        var channels = file.Ints("block_out_channels", standard.BlockOutChannels);
        if (channels.Count == 0)
            throw file.Wrong("block_out_channels", "a list of at least one integer");
        var config = new UNet2DConditionConfig
        {
            InChannels = file.Int("in_channels", standard.InChannels),
            OutChannels = file.Int("out_channels", standard.OutChannels),
            SampleSize = file.OptionalInt("sample_size"),
            BlockOutChannels = channels,
            DownBlockTypes = file.Texts("down_block_types", standard.DownBlockTypes),
            UpBlockTypes = file.Texts("up_block_types", standard.UpBlockTypes),
            LayersPerBlock = file.IntPerBlock("layers_per_block", 2, channels.Count),
            TransformerLayersPerBlock = file.IntPerBlock("transformer_layers_per_block", 1, channels.Count),
            AttentionHeads = file.IntPerBlock(file.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim", 8, channels.Count),
            CrossAttentionDim = file.Int("cross_attention_dim", standard.CrossAttentionDim),
            UseLinearProjection = file.Bool("use_linear_projection", false),
            NormNumGroups = file.Int("norm_num_groups", standard.NormNumGroups),
            NormEps = file.Double("norm_eps", standard.NormEps),
            ActFn = file.Text("act_fn", standard.ActFn),
            FlipSinToCos = file.Bool("flip_sin_to_cos", standard.FlipSinToCos),
            FreqShift = file.Double("freq_shift", 0),
            TimeEmbeddingDim = file.Int("time_embedding_dim", 4 * channels[0]),
            CenterInputSample = file.Bool("center_input_sample", false),
            ConvInKernel = file.Int("conv_in_kernel", 3),
            ConvOutKernel = file.Int("conv_out_kernel", 3),
        };
        Check(file, config);
        return config;
    }

    private static void Check(ModelConfig file, UNet2DConditionConfig config)
    {
        var blocks = config.BlockOutChannels.Count;
        RequireBlocks("down_block_types", config.DownBlockTypes, "DownBlock2D", "CrossAttnDownBlock2D");
        RequireBlocks("up_block_types", config.UpBlockTypes, "UpBlock2D", "CrossAttnUpBlock2D");
        Require(config.NormNumGroups > 0, "norm_num_groups", "positive");
        Require(config.BlockOutChannels.All(c => c > 0 && c % config.NormNumGroups == 0), "block_out_channels",
            $"positive multiples of norm_num_groups ({config.NormNumGroups})");
        Require(config.BlockOutChannels.Zip(config.AttentionHeads, (c, heads) => heads > 0 && c % heads == 0).All(fits => fits),
            file.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim",
            $"divisors of the channels ({string.Join(", ", config.BlockOutChannels)}): it is the number of heads");
        Require(config.LayersPerBlock.All(n => n > 0), "layers_per_block", "positive");
        Require(config.TransformerLayersPerBlock.All(n => n > 0), "transformer_layers_per_block", "positive");
        Require(config.CrossAttentionDim > 0, "cross_attention_dim", "positive");
        Require(config.InChannels > 0, "in_channels", "positive");
        Require(config.OutChannels > 0, "out_channels", "positive");
        Require(config.TimeEmbeddingDim > 0, "time_embedding_dim", "positive");
        Require(config.ConvInKernel > 0 && config.ConvInKernel % 2 == 1, "conv_in_kernel", "odd and positive");
        Require(config.ConvOutKernel > 0 && config.ConvOutKernel % 2 == 1, "conv_out_kernel", "odd and positive");

        void Require(bool holds, string key, string expected)
        {
            if (!holds)
                throw file.Wrong(key, expected);
        }

        void RequireBlocks(string key, IReadOnlyList<string> types, params string[] known) =>
            Require(types.Count == blocks && types.All(known.Contains), key,
                $"{blocks} of {string.Join(" and ", known)}, one per entry of block_out_channels");
    }
}
