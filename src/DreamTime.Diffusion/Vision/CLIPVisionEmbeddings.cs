using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A token that stands for the whole image, then one a patch, each with its position: [b,3,s,s] to [b,1+patches,width].</summary>
internal sealed class CLIPVisionEmbeddings : nn.Module<Tensor, Tensor>
{
    private readonly CLIPVisionConfig config;
    private readonly Parameter class_embedding;
    private readonly Conv2d patch_embedding;
    private readonly Embedding position_embedding;

    public CLIPVisionEmbeddings(CLIPVisionConfig config)
        : base(nameof(CLIPVisionEmbeddings))
    {
        this.config = config;
        int patches = config.ImageSize / config.PatchSize;
        class_embedding = nn.Parameter(randn(config.HiddenSize));
        patch_embedding = new Conv2d(config.NumChannels, config.HiddenSize, config.PatchSize, stride: config.PatchSize, hasBias: false);
        position_embedding = new Embedding(patches * patches + 1, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor pixels)
    {
        if (pixels.dim() != 4 || !pixels.shape.Skip(1).SequenceEqual([config.NumChannels, config.ImageSize, config.ImageSize]))
            throw new ArgumentException(
                $"pixels has shape [{string.Join(", ", pixels.shape)}], and should have [b, {config.NumChannels}, {config.ImageSize}, {config.ImageSize}].",
                nameof(pixels));
        using var scope = NewDisposeScope();
        var patches = patch_embedding.call(pixels).flatten(2).transpose(1, 2);
        var whole = class_embedding.expand(pixels.shape[0], 1, -1);
        return cat([whole, patches], 1).Plus(position_embedding.Weight).MoveToOuterDisposeScope();
    }
}
