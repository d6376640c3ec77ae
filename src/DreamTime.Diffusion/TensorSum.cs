using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The sum of two tensors, safe from the garbage collector. TorchSharp's own <c>+</c> makes a <see cref="Scalar"/> 1 that nothing holds:
/// a collection during the native call frees it under libtorch's eyes, which then fails or, worse, reads another factor. Here one scalar lives for ever.
/// </summary>
public static class TensorSum
{
    internal static readonly Scalar One = 1.ToScalar();

    /// <summary>left + right, broadcast.</summary>
    public static Tensor Plus(this Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.add(right, One);
    }
}
