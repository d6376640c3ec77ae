namespace DreamTime.Diffusion;

/// <summary>From diffusers' <c>unet/config.json</c> to a <see cref="UNet2DConditionConfig"/> that can be built.</summary>
internal static class UNet2DConditionConfigReader
{
    private static readonly string[] Activations = ["\"silu\"", "\"swish\"", "\"gelu\"", "\"mish\""];

    private static readonly Dictionary<string, string[]> Supported = new()
    {
        ["act_fn"] = Activations,
        ["addition_embed_type"] = ["\"text\""],
        ["attention_type"] = ["\"default\""],
        ["downsample_padding"] = ["1"],
        ["dropout"] = ["0"],
        ["dual_cross_attention"] = ["false"],
        ["encoder_hid_dim_type"] = ["\"text_proj\""],
        ["resnet_time_scale_shift"] = ["\"default\"", "\"scale_shift\""],
        ["reverse_transformer_layers_per_block"] = [],
        ["time_cond_proj_dim"] = [],
        ["time_embedding_act_fn"] = Activations,
        ["timestep_post_act"] = Activations,
    };

    /// <summary>Half precision's affair, and what only unsupported embeddings read.</summary>
    private static readonly string[] Harmless = ["upcast_attention", "addition_time_embed_dim"];

    private static readonly Dictionary<string, ClassEmbedType> ClassEmbedTypes = new()
    {
        ["timestep"] = ClassEmbedType.Timestep,
        ["identity"] = ClassEmbedType.Identity,
        ["projection"] = ClassEmbedType.Projection,
        ["simple_projection"] = ClassEmbedType.SimpleProjection,
    };

    private static readonly Dictionary<string, CrossAttentionNorm> CrossAttentionNorms = new()
    {
        ["layer_norm"] = CrossAttentionNorm.Layer,
        ["group_norm"] = CrossAttentionNorm.Group,
    };

    private static readonly Dictionary<string, TimeEmbeddingType> TimeEmbeddingTypes = new()
    {
        ["positional"] = TimeEmbeddingType.Positional,
        ["fourier"] = TimeEmbeddingType.Fourier,
    };

    public static UNet2DConditionConfig Read(string json)
    {
        var file = new ModelConfig(nameof(UNet2DConditionModel), json);
        file.RequireSupported(new Dictionary<string, string[]>(Supported) { ["_class_name"] = [$"\"{nameof(UNet2DConditionModel)}\""] });
        var standard = new UNet2DConditionConfig();
        var config = ReadEncoder(file) with
        {
            OutChannels = file.Int("out_channels", standard.OutChannels),
            UpBlockTypes = file.Texts("up_block_types", standard.UpBlockTypes),
            MidBlockType = file.IsNull("mid_block_type") ? null : file.Text("mid_block_type", standard.MidBlockType!),
            ConvOutKernel = file.Int("conv_out_kernel", 3),
        };
        UNet2DConditionConfigRules.CheckBlocks(file, config);
        config = config with { CrossAttentionDim = CrossAttentionDim(file, config) };
        UNet2DConditionConfigRules.Check(file, config);
        file.RequireNothingElse(Harmless);
        return config;
    }

    /// <summary>The keys of a ControlNet, which is the first half of a U-Net.</summary>
    public static UNet2DConditionConfig ReadControlNet(ModelConfig file)
    {
        file.RequireSupported(new Dictionary<string, string[]>(Supported) { ["_class_name"] = [$"\"{nameof(ControlNetModel)}\""] });
        var config = ReadEncoder(file);
        config = config with { UpBlockTypes = [.. config.BlockOutChannels.Select(_ => "UpBlock2D")] };
        UNet2DConditionConfigRules.CheckBlocks(file, config);
        config = config with { CrossAttentionDim = CrossAttentionDim(file, config) };
        UNet2DConditionConfigRules.Check(file, config);
        return config;
    }

    private static UNet2DConditionConfig ReadEncoder(ModelConfig file)
    {
        file.RequireNotNull("norm_num_groups");
        var standard = new UNet2DConditionConfig();
        var channels = file.Ints("block_out_channels", standard.BlockOutChannels);
        if (channels.Count == 0)
            throw file.Wrong("block_out_channels", "a list of at least one integer");
        var timeType = file.OneOf("time_embedding_type", TimeEmbeddingType.Positional, TimeEmbeddingTypes);
        bool everywhere = file.IsTrue("only_cross_attention");
        return new UNet2DConditionConfig
        {
            InChannels = file.Int("in_channels", standard.InChannels),
            SampleSize = file.OptionalInt("sample_size"),
            BlockOutChannels = channels,
            DownBlockTypes = file.Texts("down_block_types", standard.DownBlockTypes),
            LayersPerBlock = file.IntPerBlock("layers_per_block", 2, channels.Count),
            TransformerLayersPerBlock = file.IntPerBlock("transformer_layers_per_block", 1, channels.Count),
            AttentionHeads = file.IntPerBlock(file.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim", 8, channels.Count),
            AttentionHeadDim = file.IntPerBlock("attention_head_dim", 8, channels.Count),
            EncoderHidDim = file.OptionalInt("encoder_hid_dim"),
            OnlyCrossAttention = file.BoolPerBlock("only_cross_attention", false, channels.Count),
            MidBlockOnlyCrossAttention = file.Bool("mid_block_only_cross_attention", everywhere),
            CrossAttentionNorm = file.OneOf("cross_attention_norm", CrossAttentionNorm.None, CrossAttentionNorms),
            UseLinearProjection = file.Bool("use_linear_projection", false),
            NormNumGroups = file.Int("norm_num_groups", standard.NormNumGroups),
            NormEps = file.Double("norm_eps", standard.NormEps),
            ActFn = file.Text("act_fn", standard.ActFn),
            TimeScaleShift = file.Text("resnet_time_scale_shift", "default") == "scale_shift",
            ResnetSkipTimeAct = file.Bool("resnet_skip_time_act", false),
            ResnetOutScaleFactor = file.Double("resnet_out_scale_factor", 1),
            MidBlockScaleFactor = file.Double("mid_block_scale_factor", 1),
            TimeEmbeddingType = timeType,
            FlipSinToCos = file.Bool("flip_sin_to_cos", standard.FlipSinToCos),
            FreqShift = file.Double("freq_shift", 0),
            TimeEmbeddingDim = file.Int("time_embedding_dim", (timeType == TimeEmbeddingType.Fourier ? 2 : 4) * channels[0]),
            TimestepPostAct = file.OptionalText("timestep_post_act"),
            TimeEmbeddingActFn = file.OptionalText("time_embedding_act_fn"),
            ClassEmbedType = file.OneOf(
                "class_embed_type", file.Has("num_class_embeds") ? ClassEmbedType.Table : ClassEmbedType.None, ClassEmbedTypes),
            NumClassEmbeds = file.Int("num_class_embeds", 0),
            ProjectionClassEmbeddingsInputDim = file.Int("projection_class_embeddings_input_dim", 0),
            ClassEmbeddingsConcat = file.Bool("class_embeddings_concat", false),
            AddsPooledText = file.Has("addition_embed_type"),
            AdditionEmbedTypeNumHeads = file.Int("addition_embed_type_num_heads", standard.AdditionEmbedTypeNumHeads),
            CenterInputSample = file.Bool("center_input_sample", false),
            ConvInKernel = file.Int("conv_in_kernel", 3),
        };
    }

    /// <summary>One text has one width: a list must say the same for all blocks that read it. What it says for the others has no influence.</summary>
    private static int CrossAttentionDim(ModelConfig file, UNet2DConditionConfig config)
    {
        var widths = file.IntPerBlock("cross_attention_dim", config.CrossAttentionDim, config.BlockOutChannels.Count);
        int[] read = [.. UNetBlockTypes.Levels(config, UNetBlockTypes.ReadsText).Select(level => widths[level]).Distinct()];
        return read.Length <= 1
            ? read.FirstOrDefault(widths[0])
            : throw file.Wrong("cross_attention_dim", "one integer, or the same for every block that reads the text");
    }
}
