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
        using var scope = NewDisposeScope();
        var indices = tensor(timesteps.Select(t => (long)t - 1).ToArray(), device: noisy.device);
        return Predict(noisy, indices, NoiseLevels.Of(Noise, noisy, timesteps, noisy.dtype), text).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PredictNoise(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        using var scope = NewDisposeScope();
        var index = full(noisy.shape[0], (float)(point.Timestep - 1), ScalarType.Float32, noisy.device);
        return Predict(noisy, index, NoiseLevels.Of([point.AlphaBar], noisy, noisy.dtype), text).MoveToOuterDisposeScope();
    }

    private Tensor Predict(Tensor noisy, Tensor indices, NoiseLevels levels, Tensor? text)
    {
        if (text is null)
            throw new ArgumentNullException(
                nameof(text), "This network needs a text embedding [b, tokens, width]; encode an empty prompt for none.");
        var output = unet.call(noisy, indices, text);
        return prediction switch
        {
            PredictionType.Epsilon => output,
            PredictionType.Velocity => (levels.Signal * output).Plus(levels.Noise * noisy),
            _ => (noisy - levels.Signal * output) / levels.Noise,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => unet.Dispose();
}
