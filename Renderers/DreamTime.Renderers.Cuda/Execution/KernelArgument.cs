using System.Diagnostics.CodeAnalysis;

namespace DreamTime.Renderers.Cuda;

/// <summary>One argument of a kernel in a slot of 8 bytes, its value in the lowest ones.</summary>
[SuppressMessage("Usage", "CA2225", Justification = "An argument is written as what it is; there is nothing to convert back.")]
public readonly record struct KernelArgument
{
    private KernelArgument(ulong bits) => Bits = bits;

    /// <summary>The slot.</summary>
    public ulong Bits { get; }

    /// <summary>An address of the device; 0 is null.</summary>
    public static implicit operator KernelArgument(nint address) => new((ulong)address);

    /// <summary>A whole number.</summary>
    public static implicit operator KernelArgument(int value) => new((uint)value);

    /// <summary>A long whole number.</summary>
    public static implicit operator KernelArgument(long value) => new((ulong)value);

    /// <summary>A number.</summary>
    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value));
}
