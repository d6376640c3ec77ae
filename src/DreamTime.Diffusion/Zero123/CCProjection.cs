using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Zero-1-to-3's camera projection: from an image's embedding and a pose, [b, 1, embedding + pose], to what the U-Net attends to.</summary>
public sealed class CCProjection : nn.Module<Tensor, Tensor>
{
    private readonly Linear projection;

    /// <summary>Builds the projection with random weights.</summary>
    /// <param name="inWidth">Width of embedding and pose together.</param>
    /// <param name="outWidth">Width of the U-Net's cross-attention.</param>
    public CCProjection(int inWidth, int outWidth)
        : base(nameof(CCProjection))
    {
        projection = new Linear(inWidth, outWidth);
        (InWidth, OutWidth) = (inWidth, outWidth);
        RegisterComponents();
    }

    /// <summary>Width of what comes in.</summary>
    public int InWidth { get; }

    /// <summary>Width of what comes out.</summary>
    public int OutWidth { get; }

    /// <summary>Builds the projection that a <c>cc_projection/config.json</c> describes.</summary>
    /// <param name="json">The text of the file.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="ArgumentException">A value is out of range or has the wrong type; the message names the key and its value.</exception>
    public static CCProjection Parse(string json)
    {
        var file = new ModelConfig(nameof(CCProjection), json);
        return new CCProjection(file.PositiveInt("in_channel", 772), file.PositiveInt("out_channel", 768));
    }

    /// <summary>Projects.</summary>
    /// <param name="embeddingAndPose">[b, 1, <see cref="InWidth"/>].</param>
    public override Tensor forward(Tensor embeddingAndPose) => projection.call(embeddingAndPose);
}
