using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Residual block with the timestep between its two convolutions, added or as scale and shift: ([b,in,h,w], [b,time]) to [b,out,h,w].
/// </summary>
internal sealed class ResnetBlock2D : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ResnetVariant variant;
    private readonly bool scaleShift;
    private readonly Func<Tensor, Tensor> activation;
    private readonly GroupNorm norm1;
    private readonly Conv2d conv1;
    private readonly Linear time_emb_proj;
    private readonly GroupNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? conv_shortcut;

    public ResnetBlock2D(int inChannels, int outChannels, UNet2DConditionConfig config, ResnetVariant variant)
        : base(nameof(ResnetBlock2D))
    {
        this.variant = variant;
        scaleShift = config.TimeScaleShift;
        activation = Activation.Named(config.ActFn);
        norm1 = new GroupNorm(config.NormNumGroups, inChannels, config.NormEps);
        conv1 = new Conv2d(inChannels, outChannels, 3, padding: 1);
        time_emb_proj = new Linear(config.BlockTimeEmbeddingDim, scaleShift ? 2 * outChannels : outChannels);
        norm2 = new GroupNorm(config.NormNumGroups, outChannels, config.NormEps);
        conv2 = new Conv2d(outChannels, outChannels, 3, padding: 1);
        conv_shortcut = inChannels == outChannels ? null : new Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor timeEmbedding)
    {
        using var scope = NewDisposeScope();
        var time = time_emb_proj.call(variant.SkipsTimeActivation ? timeEmbedding : activation(timeEmbedding)).unsqueeze(-1).unsqueeze(-1);
        var hidden = conv1.call(variant.Resampling.Apply(activation(norm1.call(input))));
        hidden = scaleShift ? ScaleShift(norm2.call(hidden), time) : norm2.call(hidden.Plus(time));
        hidden = conv2.call(activation(hidden));
        var straight = variant.Resampling.Apply(input);
        var sum = (conv_shortcut?.call(straight) ?? straight).Plus(hidden);
        return (variant.OutputScale == 1 ? sum : sum.Over(variant.OutputScale)).MoveToOuterDisposeScope();
    }

    private static Tensor ScaleShift(Tensor normed, Tensor time)
    {
        var halves = time.chunk(2, 1);
        return (normed * halves[0].Plus(1)).Plus(halves[1]);
    }
}
