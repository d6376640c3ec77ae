using System.Text.Json;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The latent of a pixel model: images mapped to -1..1, with the pixels of each square cell moved into channels. Loses nothing.
/// </summary>
public sealed class PixelUnshuffleCodec : ILatentCodec
{
    private const int LargestFactor = 64;

    /// <summary>Makes the codec.</summary>
    /// <param name="factor">Pixels per cell and direction, 1..64; 1 moves nothing.</param>
    public PixelUnshuffleCodec(int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factor, LargestFactor);
        Factor = factor;
    }

    /// <inheritdoc/>
    public int Channels => 3 * Factor * Factor;

    /// <inheritdoc/>
    public int Factor { get; }

    /// <summary>Reads <c>vae/config.json</c>: its <c>downscale_factor</c> is the factor.</summary>
    /// <param name="json">The text of the file.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="ArgumentException">The factor is missing or none.</exception>
    public static PixelUnshuffleCodec Parse(string json)
    {
        var config = new ModelConfig("PixelUnshuffle", json);
        return config.OptionalInt("downscale_factor") is int factor and >= 1 and <= LargestFactor
            ? new PixelUnshuffleCodec(factor)
            : throw config.Wrong("downscale_factor", $"an integer in 1..{LargestFactor}");
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.dim() != 4 || image.shape[1] != 3 || image.shape[2] % Factor != 0 || image.shape[3] % Factor != 0)
            throw new ArgumentException(
                $"image has shape [{string.Join(", ", image.shape)}], and should have [b, 3, H, W] with H and W multiples of {Factor}.",
                nameof(image));
        using var scope = NewDisposeScope();
        return nn.functional.pixel_unshuffle(image.Times(2).Minus(1), Factor).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Decode(Tensor latent)
    {
        ArgumentNullException.ThrowIfNull(latent);
        if (latent.dim() != 4 || latent.shape[1] != Channels)
            throw new ArgumentException(
                $"latent has shape [{string.Join(", ", latent.shape)}], and should have [b, {Channels}, h, w].", nameof(latent));
        using var scope = NewDisposeScope();
        return nn.functional.pixel_shuffle(latent, Factor).Plus(1).Over(2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
