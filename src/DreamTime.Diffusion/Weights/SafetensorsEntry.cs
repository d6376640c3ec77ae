using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>One tensor of a safetensors file.</summary>
public sealed class SafetensorsEntry
{
    private readonly ReadOnlyMemory<byte> bytes;
    private readonly long[] shape;

    internal SafetensorsEntry(string name, SafetensorsDtype dtype, long[] shape, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Dtype = dtype;
        this.shape = shape;
        this.bytes = bytes;
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>The element type in the file.</summary>
    public SafetensorsDtype Dtype { get; }

    /// <summary>The dimensions, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape => shape;

    /// <summary>The elements as the file holds them: little-endian, row by row.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    /// <summary>A new tensor on the CPU. F16 and BF16 are widened to float32, exactly; the other types stay what they are.</summary>
    /// <returns>The tensor, owned by the caller.</returns>
    public Tensor ToTensor()
    {
        NativeLibtorch.Load();
        var tensor = empty(shape, Type);
        if (bytes.Length > 0)
            Fill(tensor.bytes);
        return tensor;
    }

    /// <summary>Overwrites a tensor of as many elements, converting to its type.</summary>
    internal void CopyTo(Tensor target)
    {
        if (bytes.Length == 0)
            return;
        if (target.dtype == Type && target.device_type == TorchSharp.DeviceType.CPU && target.is_contiguous())
        {
            Fill(target.bytes);
            return;
        }
        using var scope = NewDisposeScope();
        target.copy_(ToTensor().reshape(target.shape));
    }

    /// <summary>Whether no element is NaN or infinite: those have an exponent of ones only.</summary>
    internal bool IsFinite() => Dtype switch
    {
        SafetensorsDtype.F32 => IsBelow(0x7F800000u),
        SafetensorsDtype.F16 => IsBelow<ushort>(0x7C00),
        SafetensorsDtype.BF16 => IsBelow<ushort>(0x7F80),
        _ => true,
    };

    private ScalarType Type => Dtype switch
    {
        SafetensorsDtype.I64 => ScalarType.Int64,
        SafetensorsDtype.I32 => ScalarType.Int32,
        SafetensorsDtype.U8 => ScalarType.Byte,
        _ => ScalarType.Float32,
    };

    private bool IsBelow<T>(T exponent) where T : unmanaged, IBinaryInteger<T>
    {
        var elements = MemoryMarshal.Cast<byte, T>(Bytes);
        var mask = new Vector<T>(exponent);
        int i = 0;
        for (; i <= elements.Length - Vector<T>.Count; i += Vector<T>.Count)
            if (Vector.EqualsAny(new Vector<T>(elements[i..]) & mask, mask))
                return false;
        for (; i < elements.Length; i++)
            if ((elements[i] & exponent) == exponent)
                return false;
        return true;
    }

    private void Fill(Span<byte> target)
    {
        switch (Dtype)
        {
            case SafetensorsDtype.F16:
                Widen(MemoryMarshal.Cast<byte, Half>(Bytes), MemoryMarshal.Cast<byte, float>(target));
                break;
            case SafetensorsDtype.BF16:
                Widen(MemoryMarshal.Cast<byte, ushort>(Bytes), MemoryMarshal.Cast<byte, uint>(target));
                break;
            default:
                Bytes.CopyTo(target);
                break;
        }
    }

    private static void Widen(ReadOnlySpan<Half> source, Span<float> target)
    {
        for (int i = 0; i < source.Length; i++)
            target[i] = (float)source[i];
    }

    private static void Widen(ReadOnlySpan<ushort> source, Span<uint> target)
    {
        for (int i = 0; i < source.Length; i++)
            target[i] = (uint)source[i] << 16;
    }
}
