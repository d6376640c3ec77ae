using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// CLIP (Radford et al. 2021) in transformers' layout: texts and images in one space. It measures how well an image shows a text;
/// guidance has no use for it.
/// </summary>
public sealed class CLIPModel : nn.Module
{
    /// <summary>The logarithm of 1 / 0.07, with which CLIP's training starts.</summary>
    private const double InitialLogitScale = 2.6592;

    private readonly CLIPTextTransformer text_model;
    private readonly CLIPVisionTransformer vision_model;
    private readonly Linear text_projection;
    private readonly Linear visual_projection;
    private readonly Parameter logit_scale;

    /// <summary>Builds the model with random weights.</summary>
    /// <param name="config">The hyper-parameters.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown activation.</exception>
    public CLIPModel(CLIPConfig config)
        : base(nameof(CLIPModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        text_model = new CLIPTextTransformer(config.Text);
        vision_model = new CLIPVisionTransformer(config.Vision);
        text_projection = new Linear(config.Text.HiddenSize, config.ProjectionDim, hasBias: false);
        visual_projection = new Linear(config.Vision.HiddenSize, config.ProjectionDim, hasBias: false);
        logit_scale = nn.Parameter(tensor((float)InitialLogitScale));
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the model was built with.</summary>
    public CLIPConfig Config { get; }

    /// <summary>Embeds images; differentiable.</summary>
    /// <param name="pixels">[b, 3, s, s] from a <see cref="CLIPImageProcessor"/>.</param>
    /// <returns>[b, projection], not normalised, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The pixels have another shape.</exception>
    public Tensor EmbedImages(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        using var scope = NewDisposeScope();
        return visual_projection.call(vision_model.call(pixels).Pooled).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Embeds texts. What pads a text behind its end has no influence, with an attention mask or without: the end sees only what is before it.
    /// </summary>
    /// <param name="inputIds">Ids [b, tokens], int64.</param>
    /// <returns>[b, projection], not normalised, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The ids have the wrong rank or too many tokens.</exception>
    public Tensor EmbedTexts(Tensor inputIds)
    {
        ArgumentNullException.ThrowIfNull(inputIds);
        CLIPTextTransformer.Check(inputIds, Config.Text);
        using var scope = NewDisposeScope();
        var pooled = CLIPTextTransformer.Pool(text_model.call(inputIds), inputIds);
        return text_projection.call(pooled).MoveToOuterDisposeScope();
    }

    /// <summary>How well images show texts: the cosine of their angle, times the model's scale.</summary>
    /// <param name="images">From <see cref="EmbedImages"/>, [b, projection].</param>
    /// <param name="texts">From <see cref="EmbedTexts"/>, [n, projection].</param>
    /// <returns>[b, n], owned by the caller.</returns>
    public Tensor Logits(Tensor images, Tensor texts)
    {
        using var scope = NewDisposeScope();
        return (logit_scale.exp() * Normalize(images).matmul(Normalize(texts).t())).MoveToOuterDisposeScope();
    }

    /// <summary>Embeddings of length 1.</summary>
    /// <param name="embeddings">[b, projection].</param>
    public static Tensor Normalize(Tensor embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        using var scope = NewDisposeScope();
        return (embeddings / embeddings.square().sum(-1, keepdim: true).sqrt()).MoveToOuterDisposeScope();
    }
}
