using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Residual block with the timestep added between its two convolutions: ([b,in,h,w], [b,time]) to [b,out,h,w].</summary>
internal sealed class ResnetBlock2D : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Func<Tensor, Tensor> activation;
    private readonly GroupNorm norm1;
    private readonly Conv2d conv1;
    private readonly Linear time_emb_proj;
    private readonly GroupNorm norm2;
    private readonly Conv2d conv2;
    private readonly Conv2d? conv_shortcut;

    public ResnetBlock2D(int inChannels, int outChannels, UNet2DConditionConfig config)
        : base(nameof(ResnetBlock2D))
    {
        activation = Activation.Named(config.ActFn);
        norm1 = new GroupNorm(config.NormNumGroups, inChannels, config.NormEps);
        conv1 = nn.Conv2d(inChannels, outChannels, 3, padding: 1);
        time_emb_proj = nn.Linear(config.TimeEmbeddingDim, outChannels);
        norm2 = new GroupNorm(config.NormNumGroups, outChannels, config.NormEps);
        conv2 = nn.Conv2d(outChannels, outChannels, 3, padding: 1);
        conv_shortcut = inChannels == outChannels ? null : nn.Conv2d(inChannels, outChannels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, Tensor timeEmbedding)
    {
        using var scope = NewDisposeScope();
        var time = time_emb_proj.call(activation(timeEmbedding)).unsqueeze(-1).unsqueeze(-1);
        var hidden = conv1.call(activation(norm1.call(input))).Plus(time);
        hidden = conv2.call(activation(norm2.call(hidden)));
        return (conv_shortcut?.call(input) ?? input).Plus(hidden).MoveToOuterDisposeScope();
    }
}
