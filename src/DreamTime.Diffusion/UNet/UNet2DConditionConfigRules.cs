namespace DreamTime.Diffusion;

/// <summary>What the values of a U-Net's configuration must fulfil together.</summary>
internal static class UNet2DConditionConfigRules
{
    /// <summary>There is a known block for each resolution.</summary>
    public static void CheckBlocks(ModelConfig file, UNet2DConditionConfig config)
    {
        int blocks = config.BlockOutChannels.Count;
        RequireBlocks("down_block_types", config.DownBlockTypes, UNetBlockTypes.Down);
        RequireBlocks("up_block_types", config.UpBlockTypes, UNetBlockTypes.Up);
        if (config.MidBlockType is { } mid && !UNetBlockTypes.Mid.Contains(mid))
            throw file.Wrong("mid_block_type", string.Join(", ", UNetBlockTypes.Mid) + " or null");

        void RequireBlocks(string key, IReadOnlyList<string> types, IReadOnlyList<string> known)
        {
            if (types.Count != blocks || !types.All(known.Contains))
                throw file.Wrong(key, $"{blocks} of {string.Join(", ", known)}, one per entry of block_out_channels");
        }
    }

    /// <summary>All other numbers fit each other.</summary>
    public static void Check(ModelConfig file, UNet2DConditionConfig config)
    {
        Require(config.NormNumGroups > 0, "norm_num_groups", "positive");
        Require(config.BlockOutChannels.All(c => c > 0 && c % config.NormNumGroups == 0), "block_out_channels",
            $"positive multiples of norm_num_groups ({config.NormNumGroups})");
        Require(config.LayersPerBlock.All(n => n > 0), "layers_per_block", "positive");
        Require(config.TransformerLayersPerBlock.All(n => n > 0), "transformer_layers_per_block", "positive");
        Require(config.CrossAttentionDim > 0, "cross_attention_dim", "positive");
        Require(config.InChannels > 0, "in_channels", "positive");
        Require(config.OutChannels > 0, "out_channels", "positive");
        Require(config.TimeEmbeddingDim > 0, "time_embedding_dim", "positive");
        Require(config.TimeEmbeddingType == TimeEmbeddingType.Positional || config.TimeEmbeddingDim % 2 == 0, "time_embedding_dim",
            "even, where time_embedding_type is fourier");
        Require(config.ConvInKernel > 0 && config.ConvInKernel % 2 == 1, "conv_in_kernel", "odd and positive");
        Require(config.ConvOutKernel > 0 && config.ConvOutKernel % 2 == 1, "conv_out_kernel", "odd and positive");
        Require(config.ResnetOutScaleFactor != 0, "resnet_out_scale_factor", "other than 0");
        Require(config.MidBlockScaleFactor != 0, "mid_block_scale_factor", "other than 0");
        CheckAttentions();
        CheckEmbeddings();

        void CheckAttentions()
        {
            int[] transformers = [.. UNetBlockTypes.Levels(config, UNetBlockTypes.HasTransformers)], addedKV = [.. UNetBlockTypes.Levels(config, UNetBlockTypes.HasAddedKVAttention)];
            Require(transformers.All(level => config.AttentionHeads[level] > 0 && config.AttentionHeads[level] <= config.BlockOutChannels[level]),
                file.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim",
                $"positive and at most the channels ({string.Join(", ", config.BlockOutChannels)}): it is the number of heads");
            Require(addedKV.All(level => config.AttentionHeadDim[level] > 0 && config.AttentionHeadDim[level] <= config.BlockOutChannels[level]),
                "attention_head_dim", $"positive and at most the channels ({string.Join(", ", config.BlockOutChannels)}): it is the width of a head");
            Require(addedKV.Length == 0 || config.CrossAttentionNorm != CrossAttentionNorm.Group
                || config.CrossAttentionDim % AddedKVAttention.TextGroups == 0,
                "cross_attention_dim", $"a multiple of {AddedKVAttention.TextGroups}, where cross_attention_norm is group_norm");
            Require(config.CrossAttentionNorm != CrossAttentionNorm.Layer
                || addedKV.All(level => config.BlockOutChannels[level] == config.CrossAttentionDim),
                "cross_attention_norm",
                $"group_norm: layer_norm normalises the text (width {config.CrossAttentionDim}) by as many weights as the block has channels");
        }

        void CheckEmbeddings()
        {
            Require(config.EncoderHidDim is null or > 0, "encoder_hid_dim", "positive");
            Require(!file.Has("encoder_hid_dim_type") || config.EncoderHidDim is not null, "encoder_hid_dim",
                "the width of the text, where encoder_hid_dim_type is given");
            Require(config.ClassEmbedType != ClassEmbedType.Table || config.NumClassEmbeds > 0, "num_class_embeds", "positive");
            Require(config.ClassEmbedType is not (ClassEmbedType.Projection or ClassEmbedType.SimpleProjection)
                || config.ProjectionClassEmbeddingsInputDim > 0,
                "projection_class_embeddings_input_dim", "positive, where class labels are projected");
            Require(!(config.ClassEmbeddingsConcat && config.AddsPooledText), "class_embeddings_concat",
                "false where addition_embed_type adds a vector as wide as the time embedding alone");
            Require(!config.AddsPooledText || config.AdditionEmbedTypeNumHeads > 0 && config.TextWidth % config.AdditionEmbedTypeNumHeads == 0,
                "addition_embed_type_num_heads", $"a divisor of the text's width ({config.TextWidth})");
        }

        void Require(bool holds, string key, string expected)
        {
            if (!holds)
                throw file.Wrong(key, expected);
        }
    }
}
