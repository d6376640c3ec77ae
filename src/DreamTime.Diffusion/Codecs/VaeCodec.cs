using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The latents of an <see cref="AutoencoderKL"/>: images mapped to -1..1, encoded to their mean, and scaled to a variance of about one.</summary>
public sealed class VaeCodec : ILatentCodec
{
    private const int ImageChannels = 3;

    private readonly AutoencoderKL autoencoder;
    private readonly ModulePlace place;

    /// <summary>Takes over an autoencoder, for inference: its parameters stop recording gradients, images and latents do not.</summary>
    /// <param name="autoencoder">The network; disposed with this codec.</param>
    /// <exception cref="ArgumentException">It codes images of other than three channels.</exception>
    public VaeCodec(AutoencoderKL autoencoder)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        if ((autoencoder.Config.InChannels, autoencoder.Config.OutChannels) != (ImageChannels, ImageChannels))
            throw new ArgumentException(
                $"The autoencoder takes {autoencoder.Config.InChannels} channels and gives {autoencoder.Config.OutChannels}; images have {ImageChannels}.",
                nameof(autoencoder));
        this.autoencoder = autoencoder;
        place = ModulePlace.Of(autoencoder);
        autoencoder.eval();
        foreach (var parameter in autoencoder.parameters())
            parameter.requires_grad_(false);
    }

    /// <inheritdoc/>
    public int Channels => autoencoder.Config.LatentChannels;

    /// <inheritdoc/>
    public int Factor => autoencoder.Factor;

    /// <inheritdoc/>
    public Tensor Encode(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var scope = NewDisposeScope();
        return ModulePlace.Back(autoencoder.Encode(place.Bring(image.Times(2).Minus(1))).Mean.Times(autoencoder.Config.ScalingFactor), image).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Decode(Tensor latent)
    {
        ArgumentNullException.ThrowIfNull(latent);
        using var scope = NewDisposeScope();
        return ModulePlace.Back(autoencoder.Decode(place.Bring(latent.Over(autoencoder.Config.ScalingFactor))).Over(2).Plus(0.5), latent).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => autoencoder.Dispose();
}
