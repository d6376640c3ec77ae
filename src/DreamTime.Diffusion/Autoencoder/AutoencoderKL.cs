using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The variational autoencoder of latent diffusion (Rombach et al. 2022) in diffusers' layout: its state-dict names are those of
/// <c>vae/diffusion_pytorch_model.safetensors</c>. Encoder and decoder are differentiable. Called as a module it decodes the mean of what it encodes.
/// </summary>
public sealed class AutoencoderKL : nn.Module<Tensor, Tensor>
{
    private readonly Encoder encoder;
    private readonly Decoder decoder;
    private readonly Conv2d quant_conv;
    private readonly Conv2d post_quant_conv;

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="config">The hyper-parameters, from <see cref="AutoencoderKLConfig.Parse"/> or set by hand.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown activation.</exception>
    public AutoencoderKL(AutoencoderKLConfig config)
        : base(nameof(AutoencoderKL))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        encoder = new Encoder(config);
        decoder = new Decoder(config);
        quant_conv = new Conv2d(2 * config.LatentChannels, 2 * config.LatentChannels, 1);
        post_quant_conv = new Conv2d(config.LatentChannels, config.LatentChannels, 1);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the network was built with.</summary>
    public AutoencoderKLConfig Config { get; }

    /// <summary>Pixels per latent cell, in each direction: two for each resolution after the first.</summary>
    public int Factor => 1 << (Config.BlockOutChannels.Count - 1);

    /// <summary>The distribution of the latents of images.</summary>
    /// <param name="image">[b, in, H, W] in -1..1, float32; H and W at least <see cref="Factor"/>, of which a rest of the division is not seen.</param>
    /// <returns>A normal distribution over latents [b, latent, H / Factor, W / Factor], not scaled; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image has another rank, other channels, or is too small.</exception>
    public DiagonalGaussianDistribution Encode(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.dim() != 4 || image.shape[1] != Config.InChannels || image.shape[2] < Factor || image.shape[3] < Factor)
            throw new ArgumentException(
                $"image has shape [{string.Join(", ", image.shape)}], and should have [b, {Config.InChannels}, H, W] with H and W at least {Factor}.",
                nameof(image));
        using var scope = NewDisposeScope();
        return DiagonalGaussianDistribution.OfMoments(quant_conv.call(encoder.call(image))).MoveToOuterDisposeScope();
    }

    /// <summary>The images of latents.</summary>
    /// <param name="latent">[b, latent, h, w], not scaled.</param>
    /// <returns>[b, out, h Factor, w Factor], -1..1 where the latents are those of an image, not clamped; owned by the caller.</returns>
    /// <exception cref="ArgumentException">The latent has another rank or other channels.</exception>
    public Tensor Decode(Tensor latent)
    {
        ArgumentNullException.ThrowIfNull(latent);
        if (latent.dim() != 4 || latent.shape[1] != Config.LatentChannels)
            throw new ArgumentException(
                $"latent has shape [{string.Join(", ", latent.shape)}], and should have [b, {Config.LatentChannels}, h, w].", nameof(latent));
        using var scope = NewDisposeScope();
        return decoder.call(post_quant_conv.call(latent)).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Decodes the mean of what is encoded.</summary>
    /// <param name="image">As <see cref="Encode"/> takes it.</param>
    /// <returns>As <see cref="Decode"/> gives it.</returns>
    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        return Decode(Encode(image).Mean).MoveToOuterDisposeScope();
    }
}
