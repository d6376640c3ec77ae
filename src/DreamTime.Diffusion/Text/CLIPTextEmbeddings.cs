using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Sum of a token's and its position's embedding. Checkpoints' <c>position_ids</c> (0, 1, 2, ...) are not stored: they carry nothing.</summary>
internal sealed class CLIPTextEmbeddings : nn.Module<Tensor, Tensor>
{
    /// <summary>Standard deviation that CLIP's embeddings start with.</summary>
    private const double InitializerRange = 0.02;

    private readonly Embedding token_embedding;
    private readonly Embedding position_embedding;

    public CLIPTextEmbeddings(CLIPTextConfig config)
        : base(nameof(CLIPTextEmbeddings))
    {
        token_embedding = new Embedding(config.VocabSize, config.HiddenSize, InitializerRange);
        position_embedding = new Embedding(config.MaxPositionEmbeddings, config.HiddenSize, InitializerRange);
        RegisterComponents();
    }

    public override Tensor forward(Tensor inputIds)
    {
        using var scope = NewDisposeScope();
        var positions = arange(inputIds.shape[1], ScalarType.Int64, inputIds.device);
        return token_embedding.call(inputIds).Plus(position_embedding.call(positions)).MoveToOuterDisposeScope();
    }
}
