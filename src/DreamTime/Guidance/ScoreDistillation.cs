using DreamTime.Diffusion;
using DreamTime.Renderers;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime;

/// <summary>
/// Score distillation sampling (DreamFusion, eq. 3): noise the rendered views to timestep t, let the prior predict that noise,
/// and take w(t) (eps_hat - eps) as the gradient of the latents, without differentiating the prior; the codec's Jacobian carries it to the pixels.
/// </summary>
/// <param name="denoiser">The prior's noise prediction.</param>
/// <param name="codec">From pixels to the latents that the denoiser works in.</param>
/// <param name="options">Scale, weighting, clamping.</param>
public sealed class ScoreDistillation(IDenoiser denoiser, ILatentCodec codec, GuidanceOptions options)
{
    private readonly bool _clamp = options.ClampPrediction && codec is PixelUnshuffleCodec;

    /// <summary>The gradient of the distillation loss with respect to the views' colours.</summary>
    /// <param name="images">The rendered views; colours [views, 3, height, width] in 0..1.</param>
    /// <param name="timesteps">The paper's t, one for each view.</param>
    /// <param name="conditioning">The prompt as the prior reads it, or <c>null</c> for an unconditional prior.</param>
    /// <param name="noiseSeed">Names the noise: the same seed draws the same eps.</param>
    /// <returns>dL/dColor, averaged over the views, and the size of the residual.</returns>
    /// <exception cref="ArgumentException">There are not as many timesteps as views.</exception>
    /// <exception cref="InvalidOperationException">The prior answered with a number that is not finite.</exception>
    public DistillationGradient Gradient(Images images, IReadOnlyList<int> timesteps, Conditioning? conditioning, long noiseSeed)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.Count != images.Views)
            throw new ArgumentException($"There are {images.Views} views but {timesteps.Count} timesteps; each view has one.", nameof(timesteps));

        using var scope = NewDisposeScope();
        using var pixels = tensor(images.Color, [images.Views, 3, images.Height, images.Width]).requires_grad_();
        var latents = codec.Encode(pixels);
        Tensor residual, gradient;
        using (no_grad())
        {
            var clean = latents.detach();
            using var generator = new Generator(unchecked((ulong)noiseSeed), CPU);
            var noise = randn(clean.shape, generator: generator);
            var signal = PerRow(timesteps, t => Math.Sqrt(denoiser.Noise.AlphaBar(t)));
            var sigma = PerRow(timesteps, t => Math.Sqrt(1 - denoiser.Noise.AlphaBar(t)));
            var noisy = signal * clean + sigma * noise;
            var predicted = Predict(noisy, timesteps, conditioning);
            if (_clamp)
                predicted = (noisy - signal * ((noisy - sigma * predicted) / signal).clamp(-1, 1)) / sigma;

            residual = predicted - noise;
            gradient = PerRow(timesteps, t => options.Weighting.At(denoiser.Noise, t)) * residual / images.Views;
        }

        latents.backward([gradient]);
        var size = Math.Sqrt(residual.square().mean().ToDouble());
        if (!double.IsFinite(size))
            throw new InvalidOperationException($"The prior's prediction at t = {string.Join(", ", timesteps)} is not finite; its weights may be broken.");

        return new DistillationGradient(pixels.grad!.data<float>().ToArray(), size);
    }

    /// <summary>Classifier-free guidance in one batch; a scale of 1 needs no unconditional half.</summary>
    private Tensor Predict(Tensor noisy, IReadOnlyList<int> timesteps, Conditioning? conditioning)
    {
        if (conditioning is null)
            return denoiser.PredictNoise(noisy, timesteps, null);
        if (options.Scale == 1)
            return denoiser.PredictNoise(noisy, timesteps, conditioning.Text);

        var unconditional = conditioning.Unconditional.expand(noisy.shape[0], -1, -1);
        var both = denoiser.PredictNoise(cat([noisy, noisy]), [.. timesteps, .. timesteps], cat([unconditional, conditioning.Text])).chunk(2);
        return both[0] + options.Scale * (both[1] - both[0]);
    }

    private static Tensor PerRow(IReadOnlyList<int> timesteps, Func<int, double> value) =>
        tensor(timesteps.Select(t => (float)value(t)).ToArray()).reshape(-1, 1, 1, 1);
}
