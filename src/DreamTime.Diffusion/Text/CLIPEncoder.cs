using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The stack of layers, [b,tokens,width] to the same.</summary>
internal sealed class CLIPEncoder : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<CLIPEncoderLayer> layers;

    public CLIPEncoder(CLIPLayerConfig config)
        : base(nameof(CLIPEncoder))
    {
        layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new CLIPEncoderLayer(config))]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return layers.Aggregate(hidden, (states, layer) => layer.call(states)).MoveToOuterDisposeScope();
    }
}
