using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A U-Net as a model of the noise, whatever it was trained to predict.</summary>
public sealed class UNetDenoiser : IVarianceDenoiser
{
    private readonly UNet2DConditionModel unet;
    private readonly ModulePlace place;
    private readonly PredictionType prediction;

    /// <summary>
    /// Takes over a U-Net, for inference: its parameters stop recording gradients. It may lie on a GPU or compute in half precision; samples
    /// are brought to it and predictions back.
    /// </summary>
    /// <param name="unet">The network; disposed with this denoiser.</param>
    /// <param name="noise">The noise it was trained with.</param>
    /// <param name="prediction">What it was trained to predict.</param>
    public UNetDenoiser(UNet2DConditionModel unet, NoiseSchedule noise, PredictionType prediction)
    {
        ArgumentNullException.ThrowIfNull(unet);
        ArgumentNullException.ThrowIfNull(noise);
        int channels = unet.Config.InChannels;
        if (unet.Config.OutChannels != channels && unet.Config.OutChannels != 2 * channels)
            throw new ArgumentException(
                $"The U-Net takes {channels} channels and gives {unet.Config.OutChannels}; a model of the noise gives {channels}, or {2 * channels} with the variance.",
                nameof(unet));
        this.unet = unet;
        place = ModulePlace.Of(unet);
        this.prediction = prediction;
        Noise = noise;
        unet.eval();
        foreach (var parameter in unet.parameters())
            parameter.requires_grad_(false);
    }

    /// <inheritdoc/>
    public NoiseSchedule Noise { get; }

    /// <inheritdoc/>
    public bool PredictsVariance => unet.Config.OutChannels == 2 * unet.Config.InChannels;

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
        return Predict(noisy, Index(noisy, point), NoiseLevels.Of([point.AlphaBar], noisy, noisy.dtype), text).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PredictVelocity(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        if (prediction == PredictionType.Epsilon)
            TerminalNoise.RequireSignal(point);
        using var scope = NewDisposeScope();
        var output = Output(noisy, Index(noisy, point), text);
        var levels = NoiseLevels.Of([point.AlphaBar], noisy, noisy.dtype);
        return levels.VelocityOf(prediction, PredictsVariance ? output.narrow(1, 0, noisy.shape[1]) : output, noisy).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PredictNoiseAndVariance(Tensor noisy, SamplingPoint point, Tensor? text)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        if (!PredictsVariance)
            throw new NotSupportedException("This U-Net predicts no variance: it gives as many channels as it takes.");
        using var scope = NewDisposeScope();
        var halves = Output(noisy, Index(noisy, point), text).chunk(2, 1);
        var levels = NoiseLevels.Of([point.AlphaBar], noisy, noisy.dtype);
        return cat([levels.NoiseOf(prediction, halves[0], noisy), halves[1]], 1).MoveToOuterDisposeScope();
    }

    private static Tensor Index(Tensor noisy, SamplingPoint point) =>
        full(noisy.shape[0], (float)(point.Timestep - 1), ScalarType.Float32, noisy.device);

    private Tensor Predict(Tensor noisy, Tensor indices, NoiseLevels levels, Tensor? text)
    {
        var output = Output(noisy, indices, text);
        return levels.NoiseOf(prediction, PredictsVariance ? output.narrow(1, 0, noisy.shape[1]) : output, noisy);
    }

    private Tensor Output(Tensor noisy, Tensor indices, Tensor? text) =>
        text is not null
            ? ModulePlace.Back(unet.call(place.Bring(noisy), indices.to(place.Device), place.Bring(text)), noisy)
            : throw new ArgumentNullException(
                nameof(text), "This network needs a text embedding [b, tokens, width]; encode an empty prompt for none.");

    /// <inheritdoc/>
    public void Dispose() => unet.Dispose();
}
