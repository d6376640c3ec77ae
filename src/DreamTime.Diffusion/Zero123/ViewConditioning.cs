using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>What Zero-1-to-3 is told: the given image and the views that are wanted.</summary>
/// <param name="Embedding">Image and pose, [b, 1, width].</param>
/// <param name="ImageLatents">The given image, encoded and not scaled, [b, c, h, w].</param>
public sealed record ViewConditioning(Tensor Embedding, Tensor ImageLatents) : IDisposable
{
    /// <summary>Frees both.</summary>
    public void Dispose()
    {
        Embedding.Dispose();
        ImageLatents.Dispose();
    }
}
