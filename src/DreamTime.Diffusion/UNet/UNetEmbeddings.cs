using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From timesteps, class labels and text to what the blocks of a U-Net read. Its parts are children of the network that owns it.</summary>
internal sealed class UNetEmbeddings
{
    private readonly UNet2DConditionConfig config;
    private readonly Func<Tensor, Tensor>? activation;
    private readonly GaussianFourierProjection? time_proj;
    private readonly TimestepEmbedding time_embedding;
    private readonly nn.Module<Tensor, Tensor>? class_embedding;
    private readonly Linear? encoder_hid_proj;
    private readonly TextTimeEmbedding? add_embedding;

    public UNetEmbeddings(UNet2DConditionConfig config)
    {
        this.config = config;
        int width = config.TimeEmbeddingDim;
        bool fourier = config.TimeEmbeddingType == TimeEmbeddingType.Fourier;
        int timeWidth = fourier ? width / 2 * 2 : config.BlockOutChannels[0];
        activation = Optional(config.TimeEmbeddingActFn);
        time_proj = fourier ? new GaussianFourierProjection(width / 2, config.FlipSinToCos) : null;
        time_embedding = new TimestepEmbedding(timeWidth, width, Activation.Named(config.ActFn), Optional(config.TimestepPostAct));
        class_embedding = config.ClassEmbedType switch
        {
            ClassEmbedType.Table => new Embedding(config.NumClassEmbeds, width),
            ClassEmbedType.Timestep => new TimestepEmbedding(timeWidth, width, Activation.Named(config.ActFn)),
            ClassEmbedType.Identity => nn.Identity(),
            // SiLU whatever act_fn says, as in the reference.
            ClassEmbedType.Projection => new TimestepEmbedding(config.ProjectionClassEmbeddingsInputDim, width, Activation.Named("silu")),
            ClassEmbedType.SimpleProjection => new Linear(config.ProjectionClassEmbeddingsInputDim, width),
            _ => null,
        };
        encoder_hid_proj = config.EncoderHidDim is int textWidth ? new Linear(textWidth, config.CrossAttentionDim) : null;
        add_embedding = config.AddsPooledText ? new TextTimeEmbedding(config.TextWidth, width, config.AdditionEmbedTypeNumHeads) : null;
    }

    public void RegisterIn(nn.Module owner)
    {
        Register(nameof(time_proj), time_proj);
        Register(nameof(time_embedding), time_embedding);
        Register(nameof(class_embedding), class_embedding);
        Register(nameof(encoder_hid_proj), encoder_hid_proj);
        Register(nameof(add_embedding), add_embedding);

        void Register(string name, nn.Module? part)
        {
            if (part is not null)
                owner.register_module(name, part);
        }
    }

    /// <summary>The embedding [b, time] of timesteps, class and pooled text, in the caller's dispose scope.</summary>
    public Tensor Time(Tensor sample, Tensor timesteps, Tensor text, UNetConditions conditions)
    {
        var time = time_embedding.call(Frequencies(timesteps.reshape(-1), sample.dtype).expand(sample.shape[0], -1));
        if (Class(sample, conditions) is { } ofClass)
            time = config.ClassEmbeddingsConcat ? cat([time, ofClass], -1) : time.Plus(ofClass);
        if (add_embedding is not null)
            time = time.Plus(add_embedding.call(text));
        return activation?.Invoke(time) ?? time;
    }

    /// <summary>The text as the attentions read it.</summary>
    public Tensor Text(Tensor text) => encoder_hid_proj?.call(text) ?? text;

    private Tensor? Class(Tensor sample, UNetConditions conditions)
    {
        if (conditions.ClassEmbedding is { } embedded)
            return Checked(embedded, nameof(UNetConditions.ClassEmbedding), config.TimeEmbeddingDim);
        if (class_embedding is null)
            return conditions.ClassLabels is null
                ? null
                : throw new ArgumentException("ClassLabels are given, and this network has no class embedding.", nameof(conditions));
        if (conditions.ClassLabels is not { } labels)
            throw new ArgumentException(
                $"This network's class embedding ({config.ClassEmbedType}) needs ClassLabels, one for each row.", nameof(conditions));
        return config.ClassEmbedType switch
        {
            ClassEmbedType.Table => class_embedding.call(Checked(labels, nameof(UNetConditions.ClassLabels))),
            ClassEmbedType.Timestep =>
                class_embedding.call(Frequencies(Checked(labels, nameof(UNetConditions.ClassLabels)), sample.dtype)),
            ClassEmbedType.Identity => Checked(labels, nameof(UNetConditions.ClassLabels), config.TimeEmbeddingDim),
            _ => class_embedding.call(Checked(labels, nameof(UNetConditions.ClassLabels), config.ProjectionClassEmbeddingsInputDim)),
        };

        Tensor Checked(Tensor tensor, string name, params long[] width) =>
            tensor.shape.SequenceEqual([sample.shape[0], .. width])
                ? tensor
                : throw new ArgumentException(
                    $"{name} has shape [{string.Join(", ", tensor.shape)}], and should have [{string.Join(", ", (long[])[sample.shape[0], .. width])}].",
                    nameof(conditions));
    }

    /// <summary>Computed in float32, whatever the network computes in: a phase near 1000 has no digits left in half precision.</summary>
    private Tensor Frequencies(Tensor timesteps, ScalarType type)
    {
        var frequencies = time_proj?.call(timesteps)
            ?? Timesteps.Embed(timesteps, config.BlockOutChannels[0], config.FlipSinToCos, config.FreqShift);
        return frequencies.dtype == type ? frequencies : frequencies.to(type);
    }

    private static Func<Tensor, Tensor>? Optional(string? name) => name is null ? null : Activation.Named(name);
}
