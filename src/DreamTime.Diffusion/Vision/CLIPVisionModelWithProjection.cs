using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>CLIP's image encoder (Radford et al. 2021) in transformers' layout, with the projection to the space it shares with text.</summary>
public sealed class CLIPVisionModelWithProjection : nn.Module<Tensor, Tensor>
{
    private readonly CLIPVisionTransformer vision_model;
    private readonly Linear visual_projection;

    /// <summary>Builds the encoder with random weights.</summary>
    /// <param name="config">The hyper-parameters, from <see cref="CLIPVisionConfig.Parse"/> or set by hand.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown activation.</exception>
    public CLIPVisionModelWithProjection(CLIPVisionConfig config)
        : base(nameof(CLIPVisionModelWithProjection))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        vision_model = new CLIPVisionTransformer(config);
        visual_projection = new Linear(config.HiddenSize, config.ProjectionDim, hasBias: false);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the encoder was built with.</summary>
    public CLIPVisionConfig Config { get; }

    /// <summary>Embeds images; differentiable.</summary>
    /// <param name="pixels">[b, 3, s, s] at the model's size, normalised by CLIP's mean and deviation.</param>
    /// <returns>[b, <see cref="CLIPVisionConfig.ProjectionDim"/>], not normalised.</returns>
    /// <exception cref="ArgumentException">The pixels have another shape.</exception>
    public override Tensor forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return visual_projection.call(vision_model.call(pixels).Pooled).MoveToOuterDisposeScope();
    }
}
