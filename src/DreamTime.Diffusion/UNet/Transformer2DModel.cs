using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Spatial transformer: every pixel of [b,c,h,w] is a token that attends to the others and to the text [b,tokens,width].</summary>
internal sealed class Transformer2DModel : nn.Module<Tensor, Tensor, Tensor>
{
    private const double NormEpsilon = 1e-6;

    private readonly bool useLinearProjection;
    private readonly GroupNorm norm;
    private readonly nn.Module<Tensor, Tensor> proj_in;
    private readonly ModuleList<BasicTransformerBlock> transformer_blocks;
    private readonly nn.Module<Tensor, Tensor> proj_out;

    public Transformer2DModel(int level, UNet2DConditionConfig config, bool onlyText)
        : base(nameof(Transformer2DModel))
    {
        int channels = config.BlockOutChannels[level], heads = config.AttentionHeads[level];
        // Heads that do not divide the channels are rounded down in width, and the projections make up for it.
        int inner = heads * (channels / heads);
        useLinearProjection = config.UseLinearProjection;
        norm = new GroupNorm(config.NormNumGroups, channels, NormEpsilon);
        proj_in = Projection(channels, inner);
        transformer_blocks = new ModuleList<BasicTransformerBlock>([.. Enumerable
            .Range(0, config.TransformerLayersPerBlock[level])
            .Select(_ => new BasicTransformerBlock(inner, heads, config.CrossAttentionDim, onlyText))]);
        proj_out = Projection(inner, channels);
        RegisterComponents();

        nn.Module<Tensor, Tensor> Projection(int from, int to) => useLinearProjection ? new Linear(from, to) : new Conv2d(from, to, 1);
    }

    public override Tensor forward(Tensor input, Tensor text)
    {
        using var scope = NewDisposeScope();
        var hidden = norm.call(input);
        hidden = useLinearProjection ? proj_in.call(Tokens(hidden)) : Tokens(proj_in.call(hidden));
        foreach (var block in transformer_blocks)
            hidden = block.call(hidden, text);
        hidden = useLinearProjection ? Map(proj_out.call(hidden)) : proj_out.call(Map(hidden));
        return hidden.Plus(input).MoveToOuterDisposeScope();

        Tensor Map(Tensor tokens) => tokens.unflatten(1, [input.shape[2], input.shape[3]]).permute(0, 3, 1, 2);
    }

    private static Tensor Tokens(Tensor map) => map.permute(0, 2, 3, 1).flatten(1, 2);
}
