using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Attention of the pixels of [b,c,h,w] to the text [b,tokens,width] and to each other at once, or to the text only; added to its input.
/// </summary>
internal sealed class AddedKVAttention : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Both fixed in the reference, whatever the configuration says of other normalisations.</summary>
    internal const int TextGroups = 32;
    private const double NormEpsilon = 1e-5;

    private readonly int heads;
    private readonly GroupNorm group_norm;
    private readonly nn.Module<Tensor, Tensor>? norm_cross;
    private readonly Linear to_q;
    private readonly Linear? to_k;
    private readonly Linear? to_v;
    private readonly Linear add_k_proj;
    private readonly Linear add_v_proj;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> to_out;

    public AddedKVAttention(int level, UNet2DConditionConfig config, bool onlyText)
        : base(nameof(AddedKVAttention))
    {
        int channels = config.BlockOutChannels[level], text = config.CrossAttentionDim;
        heads = channels / config.AttentionHeadDim[level];
        int inner = heads * config.AttentionHeadDim[level];
        group_norm = new GroupNorm(config.NormNumGroups, channels, NormEpsilon);
        norm_cross = config.CrossAttentionNorm switch
        {
            CrossAttentionNorm.Layer => nn.LayerNorm(channels),
            CrossAttentionNorm.Group => new GroupNorm(TextGroups, text, NormEpsilon),
            _ => null,
        };
        to_q = new Linear(channels, inner);
        to_k = onlyText ? null : new Linear(channels, inner);
        to_v = onlyText ? null : new Linear(channels, inner);
        add_k_proj = new Linear(text, inner);
        add_v_proj = new Linear(text, inner);
        to_out = nn.ModuleList<nn.Module<Tensor, Tensor>>(new Linear(inner, channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor map, Tensor text)
    {
        using var scope = NewDisposeScope();
        var pixels = group_norm.call(map).permute(0, 2, 3, 1).flatten(1, 2);
        var words = norm_cross switch
        {
            null => text,
            GroupNorm => norm_cross.call(text.transpose(1, 2)).transpose(1, 2),
            _ => norm_cross.call(text),
        };
        var attended = nn.functional.scaled_dot_product_attention(
            Split(to_q.call(pixels)), Split(Both(add_k_proj, to_k, words, pixels)), Split(Both(add_v_proj, to_v, words, pixels)));
        var mixed = to_out[0].call(attended.transpose(1, 2).flatten(2));
        return mixed.unflatten(1, [map.shape[2], map.shape[3]]).permute(0, 3, 1, 2).Plus(map).MoveToOuterDisposeScope();
    }

    private static Tensor Both(Linear ofText, Linear? ofPixels, Tensor text, Tensor pixels) =>
        ofPixels is null ? ofText.call(text) : cat([ofText.call(text), ofPixels.call(pixels)], 1);

    private Tensor Split(Tensor states) => states.unflatten(2, [heads, -1]).transpose(1, 2);
}
