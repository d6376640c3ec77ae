using DreamTime.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Variational score distillation (Wang et al. 2023, ProlificDreamer): the pretrained U-Net against the same U-Net with a low-rank
/// adaptation and a camera, which is trained on the renderings themselves and so knows how they are distributed.
/// </summary>
public sealed class VariationalScore : IDisposable
{
    private readonly UNet2DConditionModel unet;
    private readonly LoRA lora;
    private readonly CameraEmbedding cameraEmbedding;
    private readonly NoiseSchedule noise;
    private readonly PredictionType prediction;

    /// <summary>Takes over an adaptation and a camera embedding. The U-Net stays the caller's; its own parameters stop recording gradients.</summary>
    /// <param name="unet">The pretrained network.</param>
    /// <param name="lora">An adaptation that is attached to it; disposed with this.</param>
    /// <param name="cameraEmbedding">Disposed with this.</param>
    /// <param name="noise">The noise that the network was trained with.</param>
    /// <param name="prediction">What it was trained to predict.</param>
    /// <exception cref="NotSupportedException">The network predicts a variance too.</exception>
    public VariationalScore(
        UNet2DConditionModel unet, LoRA lora, CameraEmbedding cameraEmbedding, NoiseSchedule noise, PredictionType prediction)
    {
        ArgumentNullException.ThrowIfNull(unet);
        ArgumentNullException.ThrowIfNull(lora);
        ArgumentNullException.ThrowIfNull(cameraEmbedding);
        ArgumentNullException.ThrowIfNull(noise);
        if (unet.Config.OutChannels != unet.Config.InChannels)
            throw new NotSupportedException(
                $"Variational score distillation needs a network that gives as many channels as it takes, and this one takes {unet.Config.InChannels} and gives {unet.Config.OutChannels}.");
        (this.unet, this.lora, this.cameraEmbedding, this.noise, this.prediction) = (unet, lora, cameraEmbedding, noise, prediction);
        foreach (var parameter in unet.parameters())
            parameter.requires_grad_(false);
    }

    /// <summary>What <see cref="AdaptationLoss"/> trains: the adaptation and the camera embedding, nothing of the pretrained network.</summary>
    public IEnumerable<Parameter> Parameters => lora.Parameters.Concat(cameraEmbedding.parameters());

    /// <summary>
    /// The gradient at clean latents (ProlificDreamer, eq. 9) with w = 1 - abar: <c>(1 - abar) (eps_pretrained - eps_adapted)</c>,
    /// where the pretrained prediction is guided, <c>u + s (c - u)</c>.
    /// </summary>
    /// <param name="latents">Renderings' latents [b, c, h, w].</param>
    /// <param name="eps">Standard normal noise of the same shape.</param>
    /// <param name="timesteps">The paper's t, one a row.</param>
    /// <param name="unconditional">Embedding of the empty or a negative prompt, [b, tokens, width].</param>
    /// <param name="text">Embedding of the prompt, [b, tokens, width].</param>
    /// <param name="camera">Cameras [b, numbers].</param>
    /// <param name="guidanceScale">s.</param>
    /// <returns>[b, c, h, w], owned by the caller, without a graph.</returns>
    public Tensor ParticleGradient(
        Tensor latents, Tensor eps, IReadOnlyList<int> timesteps, Tensor unconditional, Tensor text, Tensor camera, double guidanceScale)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var noisy = Noisy(latents, eps, timesteps);
        var pretrained = Pretrained(noisy, timesteps, unconditional, text, guidanceScale);
        var adapted = Adapted(noisy, timesteps, text, camera);
        var (_, sigma) = NoiseLevels.Of(noise, noisy, timesteps, noisy.dtype);
        return (sigma.square() * (pretrained - adapted)).MoveToOuterDisposeScope();
    }

    /// <summary>The pretrained prediction of the noise under guidance, adaptation and camera left out.</summary>
    /// <inheritdoc cref="ParticleGradient"/>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="timesteps"/><param name="unconditional"/><param name="text"/><param name="guidanceScale"/>
    public Tensor Pretrained(Tensor noisy, IReadOnlyList<int> timesteps, Tensor unconditional, Tensor text, double guidanceScale)
    {
        using var scope = NewDisposeScope();
        double before = lora.Scale;
        lora.Scale = 0;
        try
        {
            var both = unet.call(cat([noisy, noisy], 0), Indices([.. timesteps, .. timesteps], noisy), cat([unconditional, text], 0)).chunk(2, 0);
            var guided = ClassifierFreeGuidance.Combine(both[0], both[1], guidanceScale);
            return AsNoise(guided, noisy, timesteps).MoveToOuterDisposeScope();
        }
        finally
        {
            lora.Scale = before;
        }
    }

    /// <summary>The adapted prediction of the noise, for the text and a camera.</summary>
    /// <inheritdoc cref="ParticleGradient"/>
    /// <param name="noisy">x_t, [b, c, h, w].</param>
    /// <param name="timesteps"/><param name="text"/><param name="camera"/>
    public Tensor Adapted(Tensor noisy, IReadOnlyList<int> timesteps, Tensor text, Tensor camera)
    {
        using var scope = NewDisposeScope();
        return AsNoise(Output(noisy, timesteps, text, camera), noisy, timesteps).MoveToOuterDisposeScope();
    }

    /// <summary>The loss that trains the adaptation: the mean square of what the adapted network gets wrong about noised renderings.</summary>
    /// <inheritdoc cref="ParticleGradient"/>
    /// <param name="latents"/><param name="eps"/><param name="timesteps"/><param name="text"/><param name="camera"/>
    /// <returns>A scalar with its graph, owned by the caller.</returns>
    public Tensor AdaptationLoss(Tensor latents, Tensor eps, IReadOnlyList<int> timesteps, Tensor text, Tensor camera)
    {
        using var scope = NewDisposeScope();
        var clean = latents.detach();
        var (signal, sigma) = NoiseLevels.Of(noise, clean, timesteps, clean.dtype);
        var target = prediction switch
        {
            PredictionType.Epsilon => eps,
            PredictionType.Velocity => signal * eps - sigma * clean,
            _ => clean,
        };
        var output = Output((signal * clean).Plus(sigma * eps), timesteps, text, camera);
        return (output - target).square().mean().MoveToOuterDisposeScope();
    }

    /// <summary>Detaches the adaptation and frees it and the camera embedding.</summary>
    public void Dispose()
    {
        lora.Dispose();
        cameraEmbedding.Dispose();
    }

    private Tensor Output(Tensor noisy, IReadOnlyList<int> timesteps, Tensor text, Tensor camera) =>
        unet.Predict(noisy, Indices(timesteps, noisy), text, new UNetConditions { ClassEmbedding = cameraEmbedding.call(camera) });

    private Tensor Noisy(Tensor latents, Tensor eps, IReadOnlyList<int> timesteps)
    {
        var (signal, sigma) = NoiseLevels.Of(noise, latents, timesteps, latents.dtype);
        return (signal * latents).Plus(sigma * eps);
    }

    private Tensor AsNoise(Tensor output, Tensor noisy, IReadOnlyList<int> timesteps) =>
        NoiseLevels.Of(noise, noisy, timesteps, noisy.dtype).NoiseOf(prediction, output, noisy);

    private static Tensor Indices(IEnumerable<int> timesteps, Tensor like) =>
        tensor(timesteps.Select(t => (long)t - 1).ToArray(), device: like.device);
}
