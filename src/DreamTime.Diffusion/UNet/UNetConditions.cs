using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>What a U-Net can be told beside the timestep and the text.</summary>
public sealed record UNetConditions
{
    /// <summary>Nothing more.</summary>
    public static UNetConditions None { get; } = new();

    /// <summary>Class labels, one a row, of the kind that <see cref="UNet2DConditionConfig.ClassEmbedType"/> says; null where that is None.</summary>
    public Tensor? ClassLabels { get; init; }

    /// <summary>
    /// A vector [b, time_embedding_dim] in place of embedded class labels: the camera of variational score distillation, which a network
    /// without classes takes too.
    /// </summary>
    public Tensor? ClassEmbedding { get; init; }

    /// <summary>What a <see cref="ControlNetModel"/> adds.</summary>
    public ControlNetResiduals? Residuals { get; init; }
}
