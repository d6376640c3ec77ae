using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The pointwise non-linearities configurations name.</summary>
internal static class Activation
{
    public static Func<Tensor, Tensor> Named(string name) => name switch
    {
        "silu" or "swish" => x => nn.functional.silu(x),
        "gelu" => x => nn.functional.gelu(x),
        "quick_gelu" => x => x * sigmoid(x.Times(1.702)),
        "mish" => x => nn.functional.mish(x),
        "relu" => x => nn.functional.relu(x),
        "gelu_new" => GeluNew,
        _ => throw new NotSupportedException($"Activation \"{name}\" is not supported; silu, swish, gelu, gelu_new, quick_gelu, mish and relu are."),
    };

    /// <summary>GELU by the hyperbolic tangent (Hendrycks and Gimpel 2016, section 2).</summary>
    private static Tensor GeluNew(Tensor x) => x.Times(0.5) * tanh(x.Plus((x * x * x).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI))).Plus(1);
}
