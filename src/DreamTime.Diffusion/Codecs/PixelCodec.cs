using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>No code at all: a model of pixels, such as DeepFloyd-IF's first stage, which sees images as -1..1.</summary>
public sealed class PixelCodec : ILatentCodec
{
    /// <inheritdoc/>
    public int Channels => 3;

    /// <inheritdoc/>
    public int Factor => 1;

    /// <inheritdoc/>
    public Tensor Encode(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var scope = NewDisposeScope();
        return image.Times(2).Minus(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Decode(Tensor latent)
    {
        ArgumentNullException.ThrowIfNull(latent);
        using var scope = NewDisposeScope();
        return latent.Over(2).Plus(0.5).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
