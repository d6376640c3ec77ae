using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The text-conditioned U-Net of latent diffusion (Rombach et al. 2022) in diffusers' layout: its state-dict names are those of
/// <c>unet/diffusion_pytorch_model.safetensors</c>. New models start from PyTorch's default initialisation.
/// </summary>
public sealed class UNet2DConditionModel : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly Conv2d conv_in;
    private readonly TimestepEmbedding time_embedding;
    private readonly ModuleList<UNetDownBlock> down_blocks;
    private readonly UNetMidBlock2DCrossAttn mid_block;
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
        var levels = Enumerable.Range(0, config.BlockOutChannels.Count).ToArray();
        conv_in = nn.Conv2d(config.InChannels, finest, config.ConvInKernel, padding: config.ConvInKernel / 2);
        time_embedding = new TimestepEmbedding(finest, config.TimeEmbeddingDim, activation);
        down_blocks = new([.. levels.Select(level => UNetDownBlock.Create(level, config))]);
        mid_block = new UNetMidBlock2DCrossAttn(config);
        up_blocks = new([.. levels.Select(index => UNetUpBlock.Create(index, config))]);
        conv_norm_out = new GroupNorm(config.NormNumGroups, finest, config.NormEps);
        conv_out = nn.Conv2d(finest, config.OutChannels, config.ConvOutKernel, padding: config.ConvOutKernel / 2);
        RegisterComponents();
    }

    /// <summary>The hyper-parameters the network was built with.</summary>
    public UNet2DConditionConfig Config { get; }

    /// <summary>Predicts what the model was trained to predict (noise or velocity) for noisy latents.</summary>
    /// <param name="sample">Noisy latents [b, in, h, w], float32; h and w need not be multiples of the downsampling.</param>
    /// <param name="timesteps">Training timesteps in diffusers' count from 0 (the paper's t minus one): [b], or one for all rows.</param>
    /// <param name="encoderHiddenStates">Text embedding [b, tokens, cross_attention_dim].</param>
    /// <returns>The prediction [b, out, h, w], contiguous.</returns>
    /// <exception cref="ArgumentException">A tensor has the wrong rank, batch or width.</exception>
    public override Tensor forward(Tensor sample, Tensor timesteps, Tensor encoderHiddenStates)
    {
        Check(sample, timesteps, encoderHiddenStates);
        using var scope = NewDisposeScope();
        var time = Timesteps.Embed(timesteps.reshape(-1), Config.BlockOutChannels[0], Config.FlipSinToCos, Config.FreqShift);
        time = time_embedding.call(time.expand(sample.shape[0], -1));
        var hidden = conv_in.call(ChannelsLast(Config.CenterInputSample ? 2 * sample - 1 : sample));
        var skips = new Stack<Tensor>([hidden]);
        foreach (var block in down_blocks)
            hidden = block.call(hidden, time, encoderHiddenStates, skips);
        hidden = mid_block.call(hidden, time, encoderHiddenStates);
        foreach (var block in up_blocks)
            hidden = block.call(hidden, time, encoderHiddenStates, skips);
        return conv_out.call(activation(conv_norm_out.call(hidden))).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Channels innermost in memory: convolutions keep that layout and attention then reads pixels as tokens without a copy.</summary>
    private static Tensor ChannelsLast(Tensor map) => map.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private void Check(Tensor sample, Tensor timesteps, Tensor text)
    {
        if (sample.dim() != 4 || sample.shape[1] != Config.InChannels)
            throw Wrong(nameof(sample), sample, $"[b, {Config.InChannels}, h, w]");
        var batch = sample.shape[0];
        if (timesteps.numel() != 1 && (timesteps.dim() != 1 || timesteps.shape[0] != batch))
            throw Wrong(nameof(timesteps), timesteps, $"[{batch}]");
        if (text.dim() != 3 || text.shape[0] != batch || text.shape[2] != Config.CrossAttentionDim)
            throw Wrong("encoderHiddenStates", text, $"[{batch}, tokens, {Config.CrossAttentionDim}]");
    }

    private static ArgumentException Wrong(string name, Tensor tensor, string expected) =>
        new($"{name} has shape [{string.Join(", ", tensor.shape)}], and should have {expected}.", name);
}
