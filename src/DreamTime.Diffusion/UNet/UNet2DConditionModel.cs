using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The text-conditioned U-Net of latent diffusion (Rombach et al. 2022) and of Imagen (Saharia et al. 2022) in diffusers' layout: its
/// state-dict names are those of <c>unet/diffusion_pytorch_model.safetensors</c>. New models start from PyTorch's default initialisation.
/// </summary>
public sealed class UNet2DConditionModel : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly UNetEncoder encoder;
    private readonly ModuleList<UNetUpBlock> up_blocks;
    private readonly GroupNorm conv_norm_out;
    private readonly Conv2d conv_out;

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="config">The hyper-parameters, from <see cref="UNet2DConditionConfig.Parse"/> or set by hand.</param>
    /// <exception cref="NotSupportedException">The configuration names an unknown block or activation.</exception>
    public UNet2DConditionModel(UNet2DConditionConfig config)
        : base(nameof(UNet2DConditionModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        activation = Activation.Named(config.ActFn);
        var finest = config.BlockOutChannels[0];
        encoder = new UNetEncoder(config);
        up_blocks = new([.. config.BlockOutChannels.Select((_, index) => UNetUpBlock.Create(index, config))]);
        conv_norm_out = new GroupNorm(config.NormNumGroups, finest, config.NormEps);
        conv_out = new Conv2d(finest, config.OutChannels, config.ConvOutKernel, padding: config.ConvOutKernel / 2);
        encoder.RegisterIn(this);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the network was built with.</summary>
    public UNet2DConditionConfig Config { get; }

    /// <summary>Predicts what the model was trained to predict (noise or velocity) for noisy latents.</summary>
    /// <param name="sample">Noisy latents [b, in, h, w]; h and w need not be multiples of the downsampling where convolutions do it.</param>
    /// <param name="timesteps">Training timesteps in diffusers' count from 0 (the paper's t minus one): [b], or one for all rows.</param>
    /// <param name="encoderHiddenStates">Text embedding [b, tokens, <see cref="UNet2DConditionConfig.TextWidth"/>].</param>
    /// <returns>The prediction [b, out, h, w], contiguous.</returns>
    /// <exception cref="ArgumentException">A tensor has the wrong rank, batch, width or size, or the network also needs class labels.</exception>
    public override Tensor forward(Tensor sample, Tensor timesteps, Tensor encoderHiddenStates) =>
        Predict(sample, timesteps, encoderHiddenStates, UNetConditions.None);

    /// <summary>Predicts under further conditions.</summary>
    /// <inheritdoc cref="forward"/>
    /// <param name="sample"/><param name="timesteps"/><param name="encoderHiddenStates"/>
    /// <param name="conditions">Class labels, a ControlNet's residuals.</param>
    public Tensor Predict(Tensor sample, Tensor timesteps, Tensor encoderHiddenStates, UNetConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        using var scope = NewDisposeScope();
        var states = encoder.Encode(sample, timesteps, encoderHiddenStates, conditions);
        if (conditions.Residuals is { } residuals)
            states = states.Plus(residuals);
        var hidden = states.Middle;
        foreach (var block in up_blocks)
            hidden = block.call(hidden, states.Time, states.Text, states.Skips);
        return conv_out.call(activation(conv_norm_out.call(hidden))).contiguous().MoveToOuterDisposeScope();
    }
}
