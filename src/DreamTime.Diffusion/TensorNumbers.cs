using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// A tensor and a number, safe from the garbage collector. TorchSharp's own operators make a <see cref="Scalar"/> of the number that nothing holds: a collection
/// during the native call frees it, and the call fails now and then. Here it lives until the call is over.
/// </summary>
public static class TensorNumbers
{
    /// <summary>tensor + number.</summary>
    public static Tensor Plus(this Tensor tensor, double number) => Safely(tensor, number, (left, right) => left.add(right, TensorSum.One));

    /// <summary>tensor - number.</summary>
    public static Tensor Minus(this Tensor tensor, double number) => tensor.Plus(-number);

    /// <summary>tensor * number.</summary>
    public static Tensor Times(this Tensor tensor, double number) => Safely(tensor, number, (left, right) => left.mul(right));

    /// <summary>tensor / number.</summary>
    public static Tensor Over(this Tensor tensor, double number) => Safely(tensor, number, (left, right) => left.div(right));

    private static Tensor Safely(Tensor tensor, double number, Func<Tensor, Scalar, Tensor> operation)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        // Disposed of at the end of the block, and so held until then.
        using var scalar = number.ToScalar();
        return operation(tensor, scalar);
    }
}
