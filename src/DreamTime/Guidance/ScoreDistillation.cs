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
    private readonly bool _clamp = options.ClampPrediction && StaticThresholding.AppliesTo(codec);

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
            var noisy = (signal * clean).Plus(sigma * noise);
            var predicted = Predict(noisy, timesteps, conditioning);
            if (_clamp)
                predicted = StaticThresholding.Apply(noisy, predicted, denoiser.Noise, timesteps);

            residual = predicted - noise;
            gradient = PerRow(timesteps, t => options.Weighting.At(denoiser.Noise, t)) * residual / images.Views;
        }

        latents.backward([gradient]);
        var size = Math.Sqrt(residual.square().mean().ToDouble());
        if (!double.IsFinite(size))
            throw new InvalidOperationException($"The prior's prediction at t = {string.Join(", ", timesteps)} is not finite; its weights may be broken.");

        return new DistillationGradient(pixels.grad!.data<float>().ToArray(), size);
    }

    private Tensor Predict(Tensor noisy, IReadOnlyList<int> timesteps, Conditioning? conditioning)
    {
        if (conditioning is null)
            return denoiser.PredictNoise(noisy, timesteps, null);

        return ClassifierFreeGuidance.PredictNoise(denoiser, noisy, timesteps, conditioning.Unconditional, conditioning.Text, options.Scale);
    }

    private static Tensor PerRow(IReadOnlyList<int> timesteps, Func<int, double> value) =>
        tensor(timesteps.Select(t => (float)value(t)).ToArray()).reshape(-1, 1, 1, 1);
}
