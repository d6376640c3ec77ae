namespace DreamTime.Diffusion;

/// <summary>How text is normalised before an attention reads it.</summary>
public enum CrossAttentionNorm
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each token by itself.</summary>
    Layer,

    /// <summary>In 32 groups of channels, over all tokens: the result depends on the padding.</summary>
    Group,
}
