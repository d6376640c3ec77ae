using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Embeddings, layers and final normalisation: ids [b,tokens] to states [b,tokens,width].</summary>
internal sealed class CLIPTextTransformer : nn.Module<Tensor, Tensor>
{
    private readonly CLIPTextEmbeddings embeddings;
    private readonly CLIPEncoder encoder;
    private readonly LayerNorm final_layer_norm;

    public CLIPTextTransformer(CLIPTextConfig config)
        : base(nameof(CLIPTextTransformer))
    {
        embeddings = new CLIPTextEmbeddings(config);
        encoder = new CLIPEncoder(config.Layers);
        final_layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        RegisterComponents();
    }

    public override Tensor forward(Tensor inputIds) => final_layer_norm.call(encoder.call(embeddings.call(inputIds)));

    /// <summary>The states [b,width] at the highest id of each row, which is the end of the text.</summary>
    public static Tensor Pool(Tensor states, Tensor inputIds) => states[arange(inputIds.shape[0], device: inputIds.device), inputIds.argmax(-1)];

    /// <summary>Refuses ids of another rank than [b,tokens], or of more tokens than there are positions.</summary>
    public static void Check(Tensor inputIds, CLIPTextConfig config)
    {
        if (inputIds.dim() != 2 || inputIds.shape[1] > config.MaxPositionEmbeddings)
            throw new ArgumentException(
                $"inputIds has shape [{string.Join(", ", inputIds.shape)}], and should have [b, tokens] with at most {config.MaxPositionEmbeddings} tokens.",
                nameof(inputIds));
    }
}
