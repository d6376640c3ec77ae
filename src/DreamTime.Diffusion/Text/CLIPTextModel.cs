using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// CLIP's text encoder (Radford et al. 2021) in transformers' layout: a causal transformer whose normalised last states condition
/// the U-Net. Padding is not masked, as in Stable Diffusion. New models start from PyTorch's default initialisation, embeddings from
/// CLIP's.
/// </summary>
public sealed class CLIPTextModel : nn.Module<Tensor, (Tensor LastHiddenState, Tensor Pooled)>
{
    private readonly CLIPTextTransformer text_model;

    /// <summary>Builds the encoder with random weights.</summary>
    /// <param name="config">The hyper-parameters, from <see cref="CLIPTextConfig.Parse"/> or set by hand.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown activation.</exception>
    public CLIPTextModel(CLIPTextConfig config)
        : base(nameof(CLIPTextModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        text_model = new CLIPTextTransformer(config);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the encoder was built with.</summary>
    public CLIPTextConfig Config { get; }

    /// <summary>Encodes token ids.</summary>
    /// <param name="inputIds">Ids [b, tokens], int64, at most <see cref="CLIPTextConfig.MaxPositionEmbeddings"/> tokens.</param>
    /// <returns>
    /// The states of all tokens after the final normalisation [b, tokens, width], and the pooled one [b, width]: that of the
    /// highest id in the row, which is the end of the text.
    /// </returns>
    /// <exception cref="ArgumentException">The ids have the wrong rank or too many tokens.</exception>
    public override (Tensor LastHiddenState, Tensor Pooled) forward(Tensor inputIds)
    {
        CLIPTextTransformer.Check(inputIds, Config);
        using var scope = NewDisposeScope();
        var states = text_model.call(inputIds);
        var pooled = CLIPTextTransformer.Pool(states, inputIds);
        return (states.MoveToOuterDisposeScope(), pooled.MoveToOuterDisposeScope());
    }
}
