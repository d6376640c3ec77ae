using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// A copy of a U-Net's way down that reads an image and answers with residuals for the U-Net (Zhang et al. 2023), in diffusers' layout.
/// New models answer with zeros, as the paper has it.
/// </summary>
public sealed class ControlNetModel : nn.Module
{
    private readonly UNetEncoder encoder;
    private readonly ControlNetConditioningEmbedding controlnet_cond_embedding;
    private readonly ModuleList<Conv2d> controlnet_down_blocks;
    private readonly Conv2d controlnet_mid_block;

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="config">The hyper-parameters.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown block or activation.</exception>
    public ControlNetModel(ControlNetConfig config)
        : base(nameof(ControlNetModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        encoder = new UNetEncoder(config.UNet);
        controlnet_cond_embedding = new ControlNetConditioningEmbedding(config);
        controlnet_down_blocks = new([.. SkipChannels(config.UNet).Select(Zero)]);
        controlnet_mid_block = Zero(config.UNet.BlockOutChannels[^1]);
        encoder.RegisterIn(this);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the network was built with.</summary>
    public ControlNetConfig Config { get; }

    /// <summary>Computes the residuals for a U-Net's call with the same arguments; differentiable in all of them.</summary>
    /// <param name="sample">Noisy latents [b, in, h, w].</param>
    /// <param name="timesteps">Training timesteps in diffusers' count from 0: [b], or one for all rows.</param>
    /// <param name="encoderHiddenStates">Text embedding [b, tokens, width].</param>
    /// <param name="image">The controlling image [b, c, H, W] in 0..1, as many times larger than the latents as the embedding's convolutions reduce it.</param>
    /// <param name="scale">Factor on all residuals.</param>
    /// <param name="conditions">Class labels, where the network was built for them; null for none.</param>
    /// <returns>The residuals, owned by the caller.</returns>
    /// <exception cref="ArgumentException">A tensor has the wrong rank, batch, width or size.</exception>
    public ControlNetResiduals Predict(
        Tensor sample, Tensor timesteps, Tensor encoderHiddenStates, Tensor image, double scale = 1, UNetConditions? conditions = null)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Check(sample, image);
        using var scope = NewDisposeScope();
        var embedded = controlnet_cond_embedding.call(Config.ReversesChannels ? image.flip(1) : image);
        var states = encoder.Encode(sample, timesteps, encoderHiddenStates, conditions ?? UNetConditions.None, embedded);
        var down = states.Skips.Reverse().Zip(controlnet_down_blocks, (skip, block) => Residual(block, skip)).ToArray();
        return new ControlNetResiduals(down, Residual(controlnet_mid_block, states.Middle));

        Tensor Residual(Conv2d block, Tensor state)
        {
            var residual = block.call(state).Times(scale);
            return (Config.GlobalPoolConditions ? residual.mean([2, 3], keepdim: true) : residual).MoveToOuterDisposeScope();
        }
    }

    private void Check(Tensor sample, Tensor image)
    {
        int halvings = Config.ConditioningEmbeddingOutChannels.Count - 1;
        long Embedded(long size) => Enumerable.Range(0, halvings).Aggregate(size, (n, _) => (n + 1) / 2);
        bool fits = image.dim() == 4 && image.shape[0] == sample.shape[0] && image.shape[1] == Config.ConditioningChannels
            && sample.dim() == 4 && Embedded(image.shape[2]) == sample.shape[2] && Embedded(image.shape[3]) == sample.shape[3];
        if (!fits)
            throw new ArgumentException(
                $"image has shape [{string.Join(", ", image.shape)}], and should have [b, {Config.ConditioningChannels}, H, W], "
                    + $"{1 << halvings} times as large as the latents [{string.Join(", ", sample.shape)}].",
                nameof(image));
    }

    /// <summary>Channels of the skips: the first convolution's, then each level's residual blocks' and downsampler's.</summary>
    private static IEnumerable<int> SkipChannels(UNet2DConditionConfig config) =>
        config.BlockOutChannels
            .SelectMany((channels, level) => Enumerable.Repeat(
                channels, config.LayersPerBlock[level] + (level < config.BlockOutChannels.Count - 1 ? 1 : 0)))
            .Prepend(config.BlockOutChannels[0]);

    private static Conv2d Zero(int channels) => new Conv2d(channels, channels, 1).Zeroed();
}
