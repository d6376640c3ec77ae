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
/// <param name="codedSize">Height and width in pixels that images are brought to, bilinearly, before the codec sees them; <c>null</c> for their own.</param>
public sealed class ScoreDistillation(IDenoiser denoiser, ILatentCodec codec, GuidanceOptions options, (int Height, int Width)? codedSize = null)
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
        using var scope = NewDisposeScope();
        var tensors = Gradient(tensor(images.Color, [images.Views, 3, images.Height, images.Width]), timesteps, conditioning, noiseSeed);
        return new DistillationGradient(tensors.Image.data<float>().ToArray(), FiniteResidual(tensors, timesteps));
    }

    /// <summary>The same where the images are a tensor, on whatever device: the noise of a seed is the same on each.</summary>
    internal DistillationTensors Gradient(Tensor images, IReadOnlyList<int> timesteps, Conditioning? conditioning, long noiseSeed)
    {
        using var generator = new Generator(unchecked((ulong)noiseSeed), CPU);
        return Gradient(images, timesteps, conditioning, shape => randn(shape, generator: generator).to(images.device));
    }

    /// <summary>The root mean square of the residual.</summary>
    /// <exception cref="InvalidOperationException">It is not finite.</exception>
    internal static double FiniteResidual(DistillationTensors tensors, IReadOnlyList<int> timesteps)
    {
        using var scope = NewDisposeScope();
        var size = Math.Sqrt(tensors.Residual.square().mean().ToDouble());
        return double.IsFinite(size)
            ? size
            : throw new InvalidOperationException($"The prior's prediction at t = {string.Join(", ", timesteps)} is not finite; its weights may be broken.");
    }

    /// <summary>The gradient of the distillation loss with respect to images, under a given noise.</summary>
    /// <param name="images">[views, 3, height, width] in 0..1, float32.</param>
    /// <param name="timesteps">The paper's t, one for each view.</param>
    /// <param name="conditioning">The prompt as the prior reads it, or <c>null</c> for an unconditional prior.</param>
    /// <param name="noise">eps, standard normal, of a shape that it is told: that of the latents.</param>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There are not as many timesteps as views.</exception>
    public DistillationTensors Gradient(Tensor images, IReadOnlyList<int> timesteps, Conditioning? conditioning, Func<long[], Tensor> noise)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(timesteps);
        ArgumentNullException.ThrowIfNull(noise);
        if (timesteps.Count != images.shape[0])
            throw new ArgumentException($"There are {images.shape[0]} views but {timesteps.Count} timesteps; each view has one.", nameof(timesteps));

        using var scope = NewDisposeScope();
        var pixels = images.detach().requires_grad_();
        var latents = codec.Encode(Coded(pixels));
        Tensor residual, gradient;
        using (no_grad())
        {
            var clean = latents.detach();
            var eps = noise(clean.shape);
            var signal = PerRow(clean, timesteps, t => Math.Sqrt(denoiser.Noise.AlphaBar(t)));
            var sigma = PerRow(clean, timesteps, t => Math.Sqrt(1 - denoiser.Noise.AlphaBar(t)));
            var noisy = (signal * clean).Plus(sigma * eps);
            var predicted = Predict(noisy, timesteps, conditioning);
            if (_clamp)
                predicted = StaticThresholding.Apply(noisy, predicted, denoiser.Noise, timesteps);

            residual = predicted - eps;
            gradient = PerRow(clean, timesteps, t => options.Weighting.At(denoiser.Noise, t)) * residual;
        }

        latents.backward([gradient.Over(timesteps.Count)]);
        return new DistillationTensors(
            pixels.grad!.MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope(), residual.MoveToOuterDisposeScope());
    }

    private Tensor Coded(Tensor pixels) =>
        codedSize is not { } size || (pixels.shape[2], pixels.shape[3]) == size
            ? pixels
            : nn.functional.interpolate(pixels, [size.Height, size.Width], mode: InterpolationMode.Bilinear, align_corners: false);

    private Tensor Predict(Tensor noisy, IReadOnlyList<int> timesteps, Conditioning? conditioning)
    {
        if (conditioning is null)
            return denoiser.PredictNoise(noisy, timesteps, null);

        return ClassifierFreeGuidance.PredictNoise(denoiser, noisy, timesteps, conditioning.Unconditional, conditioning.Text, options.ScaleAsDiffusers());
    }

    private static Tensor PerRow(Tensor rows, IReadOnlyList<int> timesteps, Func<int, double> value) =>
        tensor(timesteps.Select(t => (float)value(t)).ToArray(), device: rows.device).reshape(-1, 1, 1, 1);
}
