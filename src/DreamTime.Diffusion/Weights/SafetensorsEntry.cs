using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>One tensor of a safetensors file.</summary>
public sealed class SafetensorsEntry
{
    private readonly byte[] bytes;
    private readonly long[] shape;

    internal SafetensorsEntry(string name, SafetensorsDtype dtype, long[] shape, byte[] bytes)
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
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>A new tensor on the CPU. F16 and BF16 are widened to float32, exactly; the other types stay what they are.</summary>
    /// <returns>The tensor, owned by the caller.</returns>
    public Tensor ToTensor()
    {
        NativeLibtorch.Load();
        var type = Dtype switch
        {
            SafetensorsDtype.I64 => ScalarType.Int64,
            SafetensorsDtype.I32 => ScalarType.Int32,
            SafetensorsDtype.U8 => ScalarType.Byte,
            _ => ScalarType.Float32,
        };
        var tensor = empty(shape, type);
        if (bytes.Length > 0)
            Fill(tensor.bytes);
        return tensor;
    }

    private void Fill(Span<byte> target)
    {
        switch (Dtype)
        {
            case SafetensorsDtype.F16:
                Widen(MemoryMarshal.Cast<byte, Half>(bytes), MemoryMarshal.Cast<byte, float>(target));
                break;
            case SafetensorsDtype.BF16:
                Widen(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, uint>(target));
                break;
            default:
                bytes.CopyTo(target);
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
