using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Writes tensors by the width of their elements, then by name: each is aligned to its elements, and the bytes are always the same.</summary>
internal static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;

    public static void Write(
        Stream stream, IReadOnlyDictionary<string, Tensor> tensors, SafetensorsDtype floating,
        IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (floating is not (SafetensorsDtype.F32 or SafetensorsDtype.F16))
            throw new ArgumentException($"dtype is {floating}, and should be F32 or F16.", nameof(floating));
        if (tensors.ContainsKey(SafetensorsHeader.MetadataName))
            throw new ArgumentException($"{SafetensorsHeader.MetadataName} is no name for a tensor: the format reserves it.", nameof(tensors));

        var ordered = tensors
            .Select(t => (Name: t.Key, Tensor: t.Value, Dtype: StoredAs(t.Key, t.Value, floating)))
            .OrderByDescending(t => t.Dtype.Size())
            .ThenBy(t => t.Name, StringComparer.Ordinal)
            .ToArray();
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (name, tensor, dtype) in ordered)
            WriteElements(stream, name, tensor, dtype);
    }

    private static SafetensorsDtype StoredAs(string name, Tensor tensor, SafetensorsDtype floating) => tensor.dtype switch
    {
        ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16 => floating,
        ScalarType.Int64 => SafetensorsDtype.I64,
        ScalarType.Int32 => SafetensorsDtype.I32,
        ScalarType.Byte => SafetensorsDtype.U8,
        var other => throw new ArgumentException(
            $"Tensor '{name}' is of type {other}; a floating type, Int64, Int32 or Byte can be written.", nameof(tensor)),
    };

    private static byte[] Header(
        (string Name, Tensor Tensor, SafetensorsDtype Dtype)[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, tensor, dtype) in ordered)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", dtype.ToString());
                WriteIntegers(writer, "shape", tensor.shape);
                WriteIntegers(writer, "data_offsets", [offset, offset += tensor.numel() * dtype.Size()]);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        while (json.Length % HeaderAlignment != 0)
            json.WriteByte((byte)' ');
        return json.ToArray();
    }

    private static void WriteIntegers(Utf8JsonWriter writer, string name, long[] values)
    {
        writer.WriteStartArray(name);
        foreach (long value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private static void WriteElements(Stream stream, string name, Tensor tensor, SafetensorsDtype dtype)
    {
        if (tensor.numel() == 0)
            return;
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu();
        if (dtype is SafetensorsDtype.F32 or SafetensorsDtype.F16)
            flat = flat.to(ScalarType.Float32);
        var bytes = flat.contiguous().bytes;
        stream.Write(dtype == SafetensorsDtype.F16 ? Halves(name, MemoryMarshal.Cast<byte, float>(bytes)) : bytes);
    }

    private static byte[] Halves(string name, ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[2 * values.Length];
        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan());
        for (int i = 0; i < values.Length; i++)
        {
            halves[i] = (Half)values[i];
            if (Half.IsInfinity(halves[i]) && float.IsFinite(values[i]))
                throw new ArgumentException(
                    FormattableString.Invariant($"Tensor '{name}' holds {values[i]}, which F16 cannot (at most 65504); write F32."));
        }
        return bytes;
    }
}
