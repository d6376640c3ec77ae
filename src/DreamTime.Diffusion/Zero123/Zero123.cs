using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Zero-1-to-3 (Liu et al. 2023): what an object in an image looks like from elsewhere.</summary>
public sealed class Zero123 : IDisposable
{
    private readonly CLIPVisionModelWithProjection imageEncoder;
    private readonly CCProjection projection;
    private readonly UNet2DConditionModel unet;
    private readonly AutoencoderKL autoencoder;

    internal Zero123(
        CLIPVisionModelWithProjection imageEncoder, CCProjection projection, UNet2DConditionModel unet, AutoencoderKL autoencoder, SchedulerConfig scheduler)
    {
        (this.imageEncoder, this.projection, this.unet, this.autoencoder) = (imageEncoder, projection, unet, autoencoder);
        TrainedScheduler = scheduler;
        foreach (var (_, module) in Parts)
        {
            module.eval();
            foreach (var parameter in module.parameters())
                parameter.requires_grad_(false);
        }
    }

    /// <summary>The noise the model was trained with.</summary>
    public NoiseSchedule Noise => TrainedScheduler.Noise;

    /// <summary>How the model is sampled, given the noise that it predicts.</summary>
    public SchedulerConfig Scheduler => TrainedScheduler with { Prediction = PredictionType.Epsilon };

    /// <summary>The encoder that sees the given image.</summary>
    public CLIPVisionModelWithProjection ImageEncoder => imageEncoder;

    /// <summary>Pixels per latent cell, in each direction.</summary>
    public int Factor => autoencoder.Factor;

    /// <summary>Side of the square images the model was trained on, pixels; null where its configuration does not say.</summary>
    public int? ImageSize => unet.Config.SampleSize * Factor;

    /// <summary>Channels of a latent.</summary>
    public int Channels => autoencoder.Config.LatentChannels;

    /// <summary>The networks and their folders.</summary>
    internal IEnumerable<(string Folder, nn.Module Module)> Parts =>
        [("image_encoder", imageEncoder), ("cc_projection", projection), ("unet", unet), ("vae", autoencoder)];

    private SchedulerConfig TrainedScheduler { get; }

    /// <summary>Loads a folder in diffusers' layout: unet, vae, image_encoder, cc_projection, scheduler.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">Weights are broken or do not fit, or parts do not fit each other.</exception>
    /// <exception cref="NotSupportedException">A part has an option that is not supported; the message names it.</exception>
    public static Zero123 Load(ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Zero123Loader.Load(folder);
    }

    /// <summary>The given image as the encoder sees it: stretched to its size bicubically (a = -3/4, corners aligned, no antialiasing) and normalised.</summary>
    /// <param name="image">[b, 3, h, w] in -1..1.</param>
    /// <returns>[b, 3, s, s], differentiable, owned by the caller.</returns>
    public Tensor ClipPixels(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var scope = NewDisposeScope();
        int size = imageEncoder.Config.ImageSize;
        var resized = nn.functional.interpolate(image, [size, size], mode: InterpolationMode.Bicubic, align_corners: true);
        return new CLIPImageProcessor().Normalize(resized.Plus(1).Over(2)).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes the given image and the views that are wanted of it.</summary>
    /// <param name="image">[1 or b, 3, h, w] in -1..1.</param>
    /// <param name="views">b views.</param>
    /// <returns>The conditioning, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image has another shape.</exception>
    public ViewConditioning Condition(Tensor image, IReadOnlyList<RelativeView> views)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(views);
        if (image.dim() != 4 || image.shape[1] != 3 || image.shape[0] != 1 && image.shape[0] != views.Count)
            throw new ArgumentException(
                $"image has shape [{string.Join(", ", image.shape)}], and should have [1 or {views.Count}, 3, h, w].", nameof(image));
        using var scope = NewDisposeScope();
        var seen = imageEncoder.call(ClipPixels(image)).expand(views.Count, -1);
        var embedding = projection.call(cat([seen, RelativeView.Pose(views).to(seen.dtype, seen.device)], -1).unsqueeze(1));
        // Unlike the latents that are denoised, these are not scaled: so the model was trained.
        var latents = autoencoder.Encode(image).Mean.expand(views.Count, -1, -1, -1);
        return new ViewConditioning(embedding.MoveToOuterDisposeScope(), latents.contiguous().MoveToOuterDisposeScope());
    }

    /// <summary>Predicts the noise without image and view, and with them, in one batch.</summary>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="timesteps">The paper's t, one per row.</param>
    /// <param name="conditioning">For b rows, or for one that stands for all.</param>
    /// <returns>Both predictions, [b, c, h, w], owned by the caller.</returns>
    /// <exception cref="ArgumentException">Shapes do not agree, or a t is outside 1..T.</exception>
    public (Tensor Unconditional, Tensor Conditional) PredictBoth(Tensor noisy, IReadOnlyList<int> timesteps, ViewConditioning conditioning)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(timesteps);
        ArgumentNullException.ThrowIfNull(conditioning);
        using var scope = NewDisposeScope();
        long rows = noisy.shape[0];
        var levels = NoiseLevels.Of(Noise, noisy, timesteps, noisy.dtype);
        var embedding = conditioning.Embedding.expand(rows, -1, -1);
        var latents = conditioning.ImageLatents.expand(rows, -1, -1, -1);
        var input = cat([cat([noisy, zeros_like(latents)], 1), cat([noisy, latents], 1)], 0);
        var indices = tensor(timesteps.Select(t => (long)t - 1).ToArray(), device: noisy.device);
        var output = unet.call(input, cat([indices, indices], 0), cat([zeros_like(embedding), embedding], 0)).chunk(2, 0);
        return (Eps(output[0]), Eps(output[1]));

        Tensor Eps(Tensor half) => levels.NoiseOf(TrainedScheduler.Prediction, half, noisy).MoveToOuterDisposeScope();
    }

    /// <summary>The image of latents.</summary>
    /// <param name="latents">[b, c, h, w], scaled.</param>
    /// <returns>[b, 3, H, W] in 0..1, clamped, owned by the caller.</returns>
    public Tensor Decode(Tensor latents)
    {
        ArgumentNullException.ThrowIfNull(latents);
        using var scope = NewDisposeScope();
        return autoencoder.Decode(latents.Over(autoencoder.Config.ScalingFactor)).Over(2).Plus(0.5).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        foreach (var (_, module) in Parts)
            module.Dispose();
    }
}
