using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DreamTime.Renderers;

/// <summary>A numeric array of NumPy's NPY format, as doubles.</summary>
/// <param name="Shape">Sizes along the axes.</param>
/// <param name="Values">The last axis fastest.</param>
internal sealed partial record NpyArray(int[] Shape, double[] Values)
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array. Objects, which are pickles, are refused.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such array, or too few or too many.</exception>
    public static NpyArray Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12 || !bytes.StartsWith(Magic))
            throw new InvalidDataException("this is no NPY array.");

        var isLong = bytes[6] >= 2;
        var (start, length) = isLong ? (12, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..])) : (10, BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));
        if (length > bytes.Length - start)
            throw new InvalidDataException($"the header of an NPY array claims {length} bytes of {bytes.Length}.");

        var header = Encoding.Latin1.GetString(bytes.Slice(start, (int)length));
        var type = Field(TypePattern().Match(header), "descr");
        if (Field(OrderPattern().Match(header), "fortran_order") != "False")
            throw new InvalidDataException("an NPY array in Fortran's order is not read.");

        var shape = Field(ShapePattern().Match(header), "shape").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw new InvalidDataException($"an NPY array has the shape ({word}).")).ToArray();
        var size = type switch
        {
            "<f4" or "<i4" or "<u4" => 4,
            "<f8" or "<i8" or "<u8" => 8,
            _ => throw new InvalidDataException($"an NPY array of type '{type}' is not read: numbers of 4 or 8 bytes are, and objects, which are pickles, never."),
        };
        var data = bytes[(start + (int)length)..];
        var count = shape.Aggregate(1.0, (product, axis) => product * axis);
        if (count * size != data.Length)
            throw new InvalidDataException(FormattableString.Invariant($"an NPY array of {count} numbers of {size} bytes has {data.Length} bytes."));

        var values = new double[(int)count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Number(type, data[(size * i)..]);
        return new NpyArray(shape, values);
    }

    private static double Number(string type, ReadOnlySpan<byte> data) => type switch
    {
        "<f4" => BinaryPrimitives.ReadSingleLittleEndian(data),
        "<f8" => BinaryPrimitives.ReadDoubleLittleEndian(data),
        "<i4" => BinaryPrimitives.ReadInt32LittleEndian(data),
        "<u4" => BinaryPrimitives.ReadUInt32LittleEndian(data),
        "<i8" => BinaryPrimitives.ReadInt64LittleEndian(data),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(data),
    };

    private static string Field(Match match, string name) =>
        match.Success ? match.Groups[1].Value : throw new InvalidDataException($"the header of an NPY array has no '{name}' that can be read.");

    [GeneratedRegex(@"'descr'\s*:\s*'([^']{1,8})'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9, ]*)\)")]
    private static partial Regex ShapePattern();
}
