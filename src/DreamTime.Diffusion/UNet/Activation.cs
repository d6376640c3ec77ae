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
        _ => throw new NotSupportedException($"Activation \"{name}\" is not supported; silu, swish, gelu, quick_gelu and mish are."),
    };
}
