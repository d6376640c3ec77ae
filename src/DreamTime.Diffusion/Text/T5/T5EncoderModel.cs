using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// T5's encoder (Raffel et al. 2020) in transformers' layout, whose states condition DeepFloyd IF. New models start from PyTorch's default
/// initialisation.
/// </summary>
public sealed class T5EncoderModel : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Embedding shared;
    private readonly T5Stack encoder;

    /// <summary>Builds the encoder with random weights.</summary>
    /// <param name="config">The hyper-parameters, from <see cref="T5Config.Parse"/> or set by hand.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown activation.</exception>
    public T5EncoderModel(T5Config config)
        : base(nameof(T5EncoderModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        shared = new Embedding(config.VocabSize, config.DModel);
        encoder = new T5Stack(config);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the encoder was built with.</summary>
    public T5Config Config { get; }

    /// <summary>Encodes token ids.</summary>
    /// <param name="inputIds">Ids [b, tokens], int64.</param>
    /// <param name="attentionMask">[b, tokens], 1 where a token is seen by the others and 0 where it is padding; null where all are seen.</param>
    /// <returns>The states of all tokens after the final normalisation, padding's too: [b, tokens, width].</returns>
    /// <exception cref="ArgumentException">The ids have the wrong rank, or the mask has another shape.</exception>
    public override Tensor forward(Tensor inputIds, Tensor? attentionMask)
    {
        if (inputIds.dim() != 2)
            throw new ArgumentException($"inputIds has shape [{string.Join(", ", inputIds.shape)}], and should have [b, tokens].", nameof(inputIds));
        if (attentionMask is not null && !attentionMask.shape.SequenceEqual(inputIds.shape))
            throw new ArgumentException(
                $"attentionMask has shape [{string.Join(", ", attentionMask.shape)}], and should have that of inputIds, [{string.Join(", ", inputIds.shape)}].",
                nameof(attentionMask));
        using var scope = NewDisposeScope();
        return encoder.call(shared.call(inputIds), attentionMask).MoveToOuterDisposeScope();
    }

    /// <summary>What attention adds to its scores for the distances between so many tokens, [1, heads, tokens, tokens].</summary>
    internal Tensor PositionBias(int tokens) => encoder.PositionBias(tokens);
}
