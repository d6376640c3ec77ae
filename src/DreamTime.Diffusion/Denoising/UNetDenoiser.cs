using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A U-Net as a model of the noise, whatever it was trained to predict.</summary>
public sealed class UNetDenoiser : IDenoiser
{
    private readonly UNet2DConditionModel unet;
    private readonly PredictionType prediction;

    /// <summary>Takes over a U-Net, for inference: its parameters stop recording gradients.</summary>
    /// <param name="unet">The network; disposed with this denoiser.</param>
    /// <param name="noise">The noise it was trained with.</param>
    /// <param name="prediction">What it was trained to predict.</param>
    public UNetDenoiser(UNet2DConditionModel unet, NoiseSchedule noise, PredictionType prediction)
    {
        ArgumentNullException.ThrowIfNull(unet);
        ArgumentNullException.ThrowIfNull(noise);
        this.unet = unet;
        this.prediction = prediction;
        Noise = noise;
        unet.eval();
        foreach (var parameter in unet.parameters())
            parameter.requires_grad_(false);
    }

    /// <inheritdoc/>
    public NoiseSchedule Noise { get; }

    /// <inheritdoc/>
    public Tensor PredictNoise(Tensor noisy, IReadOnlyList<int> timesteps, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        ArgumentNullException.ThrowIfNull(timesteps);
        if (text is null)
            throw new ArgumentNullException(
                nameof(text), "This network needs a text embedding [b, tokens, width]; encode an empty prompt for none.");
        using var scope = NewDisposeScope();
        var (signal, noise) = NoiseLevels.Of(Noise, noisy, timesteps, noisy.dtype);
        var indices = tensor(timesteps.Select(t => (long)t - 1).ToArray(), device: noisy.device);
        var output = unet.call(noisy, indices, text);
        var eps = prediction switch
        {
            PredictionType.Epsilon => output,
            PredictionType.Velocity => (signal * output).Plus(noise * noisy),
            _ => (noisy - signal * output) / noise,
        };
        return eps.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => unet.Dispose();
}
