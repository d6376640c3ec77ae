using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>
/// The hyper-parameters of a <see cref="UNet2DConditionModel"/>, as diffusers' <c>unet/config.json</c> names them.
/// Lists hold one entry per resolution, from the finest to the coarsest.
/// </summary>
public sealed record UNet2DConditionConfig
{
    /// <summary>Channels of the latent that comes in.</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Channels of the prediction.</summary>
    public int OutChannels { get; init; } = 4;

    /// <summary>Latent height and width the model was trained at; null where the configuration does not say.</summary>
    public int? SampleSize { get; init; }

    /// <summary>Channels per resolution.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [320, 640, 1280, 1280];

    /// <summary>
    /// Per resolution <c>DownBlock2D</c>, <c>CrossAttnDownBlock2D</c>, <c>ResnetDownsampleBlock2D</c> or <c>SimpleCrossAttnDownBlock2D</c>.
    /// </summary>
    public IReadOnlyList<string> DownBlockTypes { get; init; } =
        ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"];

    /// <summary><c>UNetMidBlock2DCrossAttn</c> or <c>UNetMidBlock2DSimpleCrossAttn</c>; null for no middle.</summary>
    public string? MidBlockType { get; init; } = "UNetMidBlock2DCrossAttn";

    /// <summary>
    /// From the coarsest resolution to the finest <c>UpBlock2D</c>, <c>CrossAttnUpBlock2D</c>, <c>ResnetUpsampleBlock2D</c> or <c>SimpleCrossAttnUpBlock2D</c>.
    /// </summary>
    public IReadOnlyList<string> UpBlockTypes { get; init; } =
        ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"];

    /// <summary>Residual blocks per resolution on the way down; the way up has one more.</summary>
    public IReadOnlyList<int> LayersPerBlock { get; init; } = [2, 2, 2, 2];

    /// <summary>Transformer blocks inside each spatial transformer, per resolution.</summary>
    public IReadOnlyList<int> TransformerLayersPerBlock { get; init; } = [1, 1, 1, 1];

    /// <summary>Attention heads per resolution. Stable Diffusion's files call this number <c>attention_head_dim</c>.</summary>
    public IReadOnlyList<int> AttentionHeads { get; init; } = [8, 8, 8, 8];

    /// <summary>Width of a head in the <c>SimpleCrossAttn</c> blocks, per resolution; their number is channels / width, rounded down.</summary>
    public IReadOnlyList<int> AttentionHeadDim { get; init; } = [8, 8, 8, 8];

    /// <summary>Width of the text that the attentions read.</summary>
    public int CrossAttentionDim { get; init; } = 1280;

    /// <summary>Width of the text that comes in, where it is projected to <see cref="CrossAttentionDim"/> first; null where it is not.</summary>
    public int? EncoderHidDim { get; init; }

    /// <summary>Whether what would be self-attention reads the text too, per resolution.</summary>
    public IReadOnlyList<bool> OnlyCrossAttention { get; init; } = [false, false, false, false];

    /// <summary>The same for a <c>UNetMidBlock2DSimpleCrossAttn</c>.</summary>
    public bool MidBlockOnlyCrossAttention { get; init; }

    /// <summary>How the <c>SimpleCrossAttn</c> blocks normalise the text.</summary>
    public CrossAttentionNorm CrossAttentionNorm { get; init; }

    /// <summary>Whether spatial transformers project with a linear layer after flattening instead of a 1x1 convolution before it.</summary>
    public bool UseLinearProjection { get; init; }

    /// <summary>Groups of every group normalisation.</summary>
    public int NormNumGroups { get; init; } = 32;

    /// <summary>Epsilon of the group normalisations in residual blocks and before the output convolution.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary><c>silu</c> (or its other name <c>swish</c>), <c>gelu</c> or <c>mish</c>.</summary>
    public string ActFn { get; init; } = "silu";

    /// <summary>Whether a residual block scales and shifts its second normalisation by the timestep, instead of adding it before.</summary>
    public bool TimeScaleShift { get; init; }

    /// <summary>Whether <c>Resnet</c> and <c>SimpleCrossAttn</c> blocks project the time embedding without activating it first.</summary>
    public bool ResnetSkipTimeAct { get; init; }

    /// <summary>What <c>Resnet</c> and <c>SimpleCrossAttn</c> blocks divide the sum of a residual block by.</summary>
    public double ResnetOutScaleFactor { get; init; } = 1;

    /// <summary>What the middle block divides the sum of a residual block by.</summary>
    public double MidBlockScaleFactor { get; init; } = 1;

    /// <summary>How a timestep becomes a vector.</summary>
    public TimeEmbeddingType TimeEmbeddingType { get; init; }

    /// <summary>Whether the sinusoidal timestep embedding is [cos, sin] rather than [sin, cos].</summary>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>Subtracted from the number of frequencies when these are spaced.</summary>
    public double FreqShift { get; init; }

    /// <summary>Width of the timestep embedding; four times the finest channels by default.</summary>
    public int TimeEmbeddingDim { get; init; } = 1280;

    /// <summary>Activation behind the timestep's perceptron; null for none.</summary>
    public string? TimestepPostAct { get; init; }

    /// <summary>Activation of the sum of all embeddings; null for none.</summary>
    public string? TimeEmbeddingActFn { get; init; }

    /// <summary>What class labels are, and how they are embedded.</summary>
    public ClassEmbedType ClassEmbedType { get; init; }

    /// <summary>Number of classes, for <see cref="DreamTime.Diffusion.ClassEmbedType.Table"/>.</summary>
    public int NumClassEmbeds { get; init; }

    /// <summary>Width of class labels that are projected.</summary>
    public int ProjectionClassEmbeddingsInputDim { get; init; }

    /// <summary>Whether the class embedding is appended to the time embedding, rather than added.</summary>
    public bool ClassEmbeddingsConcat { get; init; }

    /// <summary>Whether a pooled text is added to the time embedding (<c>addition_embed_type</c> <c>text</c>).</summary>
    public bool AddsPooledText { get; init; }

    /// <summary>Heads of the attention that pools the text.</summary>
    public int AdditionEmbedTypeNumHeads { get; init; } = 64;

    /// <summary>Whether the input is mapped by 2x - 1 first.</summary>
    public bool CenterInputSample { get; init; }

    /// <summary>Kernel of the first convolution, odd.</summary>
    public int ConvInKernel { get; init; } = 3;

    /// <summary>Kernel of the last convolution, odd.</summary>
    public int ConvOutKernel { get; init; } = 3;

    /// <summary>Width of the text that comes in.</summary>
    public int TextWidth => EncoderHidDim ?? CrossAttentionDim;

    /// <summary>Width of the embedding that residual blocks see.</summary>
    internal int BlockTimeEmbeddingDim => ClassEmbeddingsConcat && ClassEmbedType != ClassEmbedType.None ? 2 * TimeEmbeddingDim : TimeEmbeddingDim;

    /// <summary>Reads a diffusers <c>config.json</c>. Keys that are absent take diffusers' defaults; keys without influence are ignored, unknown ones refused.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">Values contradict each other or have the wrong type; the message names the key and its value.</exception>
    public static UNet2DConditionConfig Parse(string json) => UNet2DConditionConfigReader.Read(json);
}
