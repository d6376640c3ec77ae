using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Between images and the space the denoiser works in.</summary>
public interface ILatentCodec : IDisposable
{
    /// <summary>Channels of a latent.</summary>
    int Channels { get; }

    /// <summary>Pixels per latent cell, in each direction.</summary>
    int Factor { get; }

    /// <summary>Encodes images; differentiable.</summary>
    /// <param name="image">[b, 3, H, W] in 0..1, float32; H and W are multiples of <see cref="Factor"/>.</param>
    /// <returns>Latents [b, <see cref="Channels"/>, H / Factor, W / Factor], owned by the caller.</returns>
    Tensor Encode(Tensor image);

    /// <summary>Decodes latents; differentiable.</summary>
    /// <param name="latent">[b, <see cref="Channels"/>, h, w].</param>
    /// <returns>Images [b, 3, h Factor, w Factor], owned by the caller: 0..1 where the latent is one of an image, not clamped.</returns>
    Tensor Decode(Tensor latent);
}
