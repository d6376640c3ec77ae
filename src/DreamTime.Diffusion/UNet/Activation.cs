using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The pointwise non-linearities configurations name.</summary>
internal static class Activation
{
    public static Func<Tensor, Tensor> Named(string name) => name switch
    {
        "silu" or "swish" => x => nn.functional.silu(x),
        "gelu" => x => nn.functional.gelu(x),
        "quick_gelu" => x => x * sigmoid(1.702 * x),
        "mish" => x => nn.functional.mish(x),
        "relu" => x => nn.functional.relu(x),
        "gelu_new" => GeluNew,
        _ => throw new NotSupportedException($"Activation \"{name}\" is not supported; silu, swish, gelu, gelu_new, quick_gelu, mish and relu are."),
    };

    /// <summary>GELU by the hyperbolic tangent (Hendrycks and Gimpel 2016, section 2).</summary>
    private static Tensor GeluNew(Tensor x) => 0.5 * x * (1 + tanh(Math.Sqrt(2 / Math.PI) * x.Plus(0.044715 * x.pow(3))));
}
