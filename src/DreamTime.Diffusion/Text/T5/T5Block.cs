using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Self-attention, then the perceptron: ([b,tokens,width], bias) to [b,tokens,width].</summary>
internal sealed class T5Block : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<nn.Module> layer;

    public T5Block(T5Config config, bool hasPositionBias)
        : base(nameof(T5Block))
    {
        layer = new(new T5LayerSelfAttention(config, hasPositionBias), new T5LayerFF(config));
        RegisterComponents();
    }

    private T5LayerSelfAttention Attention => (T5LayerSelfAttention)layer[0];

    public Tensor PositionBias(int tokens) => Attention.PositionBias(tokens);

    public override Tensor forward(Tensor hidden, Tensor bias)
    {
        using var attended = Attention.call(hidden, bias);
        return ((T5LayerFF)layer[1]).call(attended);
    }
}
