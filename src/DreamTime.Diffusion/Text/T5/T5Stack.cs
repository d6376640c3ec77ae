using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The blocks, which share the first one's position bias, and the final normalisation: [b,tokens,width] to the same.</summary>
internal sealed class T5Stack : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly ModuleList<T5Block> block;
    private readonly T5LayerNorm final_layer_norm;

    public T5Stack(T5Config config)
        : base(nameof(T5Stack))
    {
        block = new([.. Enumerable.Range(0, config.NumLayers).Select(index => new T5Block(config, hasPositionBias: index == 0))]);
        final_layer_norm = new T5LayerNorm(config.DModel, config.LayerNormEpsilon);
        RegisterComponents();
    }

    public Tensor PositionBias(int tokens) => block[0].PositionBias(tokens);

    public override Tensor forward(Tensor hidden, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var bias = PositionBias((int)hidden.shape[1]).to(hidden.dtype);
        if (mask is not null)
            bias = bias.Plus(mask.to(hidden.dtype).Minus(1).Times(-finfo(hidden.dtype).min).unsqueeze(1).unsqueeze(1));
        return final_layer_norm.call(block.Aggregate(hidden, (states, layer) => layer.call(states, bias))).MoveToOuterDisposeScope();
    }
}
