using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>Where a tensor lies in the data section: bytes <c>Begin</c> to <c>End</c>, as many as its type and shape need.</summary>
internal sealed record SafetensorsSpan(string Name, SafetensorsDtype Dtype, long[] Shape, long Begin, long End)
{
    private const string Right = "a list of integers from 0 is right";

    private static readonly SortedDictionary<string, SafetensorsDtype> Dtypes =
        new(Enum.GetValues<SafetensorsDtype>().ToDictionary(d => d.ToString()), StringComparer.Ordinal);

    public static SafetensorsSpan Parse(JsonProperty entry, Func<string, InvalidDataException> wrong)
    {
        InvalidDataException Wrong(string what) => wrong($"tensor {SafetensorsHeader.Show(entry.Name)} {what}");

        if (!entry.Value.TryGetProperty("dtype", out var dtype)
            || !entry.Value.TryGetProperty("shape", out var dimensions)
            || !entry.Value.TryGetProperty("data_offsets", out var offsets))
            throw Wrong("should have dtype, shape and data_offsets.");
        if (dtype.ValueKind != JsonValueKind.String || !Dtypes.TryGetValue(dtype.GetString()!, out var type))
            throw Wrong($"has the type {SafetensorsHeader.Show(dtype.ToString())}; known are {string.Join(", ", Dtypes.Keys)}.");
        long[] shape = Integers(dimensions) ?? throw Wrong($"has the shape {SafetensorsHeader.Show(dimensions.GetRawText())}; {Right}.");
        long[] span = Integers(offsets) ?? throw Wrong($"has the data_offsets {SafetensorsHeader.Show(offsets.GetRawText())}; {Right}.");
        if (span is not [var begin, var end] || begin > end)
            throw Wrong($"has the data_offsets [{string.Join(", ", span.Take(4))}], and should have [begin, end] with begin <= end.");
        long count = ByteCount(type, shape) ?? throw Wrong("has more elements than a number can count.");
        if (count != end - begin)
            throw Wrong($"is {type} [{string.Join(", ", shape.Take(8))}], {count} bytes, and its data_offsets span {end - begin}.");
        if (count > Array.MaxLength)
            throw Wrong($"has {count} bytes; at most {Array.MaxLength} are read.");
        return new SafetensorsSpan(entry.Name, type, shape, begin, end);
    }

    private static long[]? Integers(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
            return null;
        var numbers = new List<long>();
        foreach (var element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long number) || number < 0)
                return null;
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static long? ByteCount(SafetensorsDtype type, long[] shape)
    {
        try
        {
            return shape.Aggregate((long)type.Size(), (product, n) => checked(product * n));
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
