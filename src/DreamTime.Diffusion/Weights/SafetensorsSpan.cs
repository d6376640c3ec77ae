using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>Where a tensor lies in the data section: bytes <c>Begin</c> to <c>End</c>, as many as its type and shape need.</summary>
internal sealed record SafetensorsSpan(string Name, SafetensorsDtype Dtype, long[] Shape, long Begin, long End)
{
    public static SafetensorsSpan Parse(string shown, string name, JsonElement.ObjectEnumerator fields, Func<string, InvalidDataException> wrong)
    {
        SafetensorsDtype? dtype = null;
        long[]? shape = null, offsets = null;
        foreach (var field in fields)
        {
            switch (field.Name)
            {
                case "dtype":
                    dtype = Dtypes.TryGetValue(field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText(), out var known)
                        ? known
                        : throw wrong($"tensor {shown} has the type {SafetensorsHeader.Show(field.Value.ToString())}; known are {string.Join(", ", Dtypes.Keys)}.");
                    break;
                case "shape":
                    shape = Integers(field, shown, wrong);
                    break;
                case "data_offsets":
                    offsets = Integers(field, shown, wrong);
                    break;
            }
        }
        if (dtype is not { } type || shape is null || offsets is null)
            throw wrong($"tensor {shown} should have dtype, shape and data_offsets.");
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            throw wrong($"tensor {shown} has the data_offsets [{string.Join(", ", offsets.Take(4))}], and should have [begin, end] with begin <= end.");
        if (ByteCount(type, shape) is not long count)
            throw wrong($"tensor {shown} has more elements than a number can count.");
        if (count != offsets[1] - offsets[0])
            throw wrong($"tensor {shown} is {type} [{string.Join(", ", shape.Take(8))}], {count} bytes, and its data_offsets span {offsets[1] - offsets[0]}.");
        if (count > Array.MaxLength)
            throw wrong($"tensor {shown} has {count} bytes; at most {Array.MaxLength} are read.");
        return new SafetensorsSpan(name, type, shape, offsets[0], offsets[1]);
    }

    private static readonly SortedDictionary<string, SafetensorsDtype> Dtypes =
        new(Enum.GetValues<SafetensorsDtype>().ToDictionary(d => d.ToString()), StringComparer.Ordinal);

    private static long[] Integers(JsonProperty field, string shown, Func<string, InvalidDataException> wrong) =>
        field.Value.ValueKind != JsonValueKind.Array
            ? throw wrong($"tensor {shown}: {field.Name} should be a list of integers.")
            : [.. field.Value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out long n) && n >= 0
                ? n
                : throw wrong($"tensor {shown}: {field.Name} holds {SafetensorsHeader.Show(e.ToString())}, and should hold integers from 0."))];

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
