using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>The hyper-parameters of a <see cref="T5EncoderModel"/>, as transformers' <c>text_encoder/config.json</c> names them.</summary>
public sealed record T5Config
{
    private const string Gated = "gated-";

    /// <summary>Number of token ids.</summary>
    public int VocabSize { get; init; } = 32128;

    /// <summary>Width of a token's state.</summary>
    public int DModel { get; init; } = 512;

    /// <summary>Width of a head; heads times this need not be <see cref="DModel"/>.</summary>
    public int DKv { get; init; } = 64;

    /// <summary>Width inside the perceptron of each layer.</summary>
    public int DFf { get; init; } = 2048;

    /// <summary>Number of layers.</summary>
    public int NumLayers { get; init; } = 6;

    /// <summary>Heads of each attention.</summary>
    public int NumHeads { get; init; } = 8;

    /// <summary>Buckets of relative positions, both directions together; even, at least 4.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Distance from which all positions share a bucket; above a quarter of the buckets.</summary>
    public int RelativeAttentionMaxDistance { get; init; } = 128;

    /// <summary>Epsilon of the layer normalisations.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary>
    /// The perceptron: <c>relu</c> (the first T5), <c>gated-gelu</c> (version 1.1 and DeepFloyd IF, whose GELU is the hyperbolic tangent's), or with another
    /// activation after <c>gated-</c>.
    /// </summary>
    public string FeedForwardProj { get; init; } = "relu";

    /// <summary>Whether the perceptron has a gate.</summary>
    internal bool IsGated => FeedForwardProj.StartsWith(Gated, StringComparison.Ordinal);

    /// <summary>The perceptron's activation; "gated-gelu" means the approximation by the hyperbolic tangent.</summary>
    internal string Activation => FeedForwardProj == "gated-gelu" ? "gelu_new" : IsGated ? FeedForwardProj[Gated.Length..] : FeedForwardProj;

    /// <summary>Reads a transformers <c>config.json</c>. Keys that are absent take transformers' defaults; keys without influence here are ignored.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">A value is out of range or has the wrong type; the message names the key and its value.</exception>
    public static T5Config Parse(string json)
    {
        var file = new ModelConfig(nameof(T5EncoderModel), json);
        file.RequireSupported(new Dictionary<string, string[]>
        {
            ["model_type"] = ["\"t5\""],
            ["feed_forward_proj"] = ["\"relu\"", "\"gelu\"", "\"silu\"", "\"gated-gelu\"", "\"gated-silu\"", "\"gated-relu\""],
        });
        var standard = new T5Config();
        var config = new T5Config
        {
            VocabSize = Positive("vocab_size", standard.VocabSize),
            DModel = Positive("d_model", standard.DModel),
            DKv = Positive("d_kv", standard.DKv),
            DFf = Positive("d_ff", standard.DFf),
            NumLayers = Positive("num_layers", standard.NumLayers),
            NumHeads = Positive("num_heads", standard.NumHeads),
            RelativeAttentionNumBuckets = Positive("relative_attention_num_buckets", standard.RelativeAttentionNumBuckets),
            RelativeAttentionMaxDistance = Positive("relative_attention_max_distance", standard.RelativeAttentionMaxDistance),
            LayerNormEpsilon = file.Double("layer_norm_epsilon", standard.LayerNormEpsilon),
            FeedForwardProj = file.Text("feed_forward_proj", standard.FeedForwardProj),
        };
        if (config.RelativeAttentionNumBuckets % 4 != 0)
            throw file.Wrong("relative_attention_num_buckets", "a multiple of 4");
        return config.RelativeAttentionMaxDistance > config.RelativeAttentionNumBuckets / 4
            ? config
            : throw file.Wrong("relative_attention_max_distance", $"above a quarter of the buckets ({config.RelativeAttentionNumBuckets / 4})");

        int Positive(string key, int whenAbsent) =>
            file.Int(key, whenAbsent) is > 0 and var value ? value : throw file.Wrong(key, "a positive integer");
    }
}
