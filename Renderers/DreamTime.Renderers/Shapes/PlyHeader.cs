using System.Globalization;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>What a PLY file says of its content before it begins.</summary>
/// <param name="Format">How numbers are written.</param>
/// <param name="Elements">In the order of the file.</param>
internal sealed record PlyHeader(PlyFormat Format, IReadOnlyList<PlyElement> Elements)
{
    private const int MostLines = 1000, LongestLine = 1000;

    /// <summary>Reads up to and with the line <c>end_header</c>.</summary>
    /// <exception cref="InvalidDataException">This is no such header; the message says which line.</exception>
    public static PlyHeader Read(Stream stream)
    {
        if (Line(stream, 1) is not "ply")
            throw new InvalidDataException("the file does not begin with the word ply.");

        PlyFormat? format = null;
        var elements = new List<PlyElement>();
        for (var number = 2; number <= MostLines; number++)
        {
            var words = Line(stream, number).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case [] or ["comment", ..] or ["obj_info", ..]:
                    break;
                case ["format", var name, _]:
                    format = FormatOf(name, number);
                    break;
                case ["element", var name, var count]:
                    elements.Add(new PlyElement(name, CountOf(count, number), []));
                    break;
                case ["property", "list", var length, var item, var name] when elements is [.., var last]:
                    last.Properties.Add(new PlyProperty(name, TypeOf(item, number), TypeOf(length, number)));
                    break;
                case ["property", var type, var name] when elements is [.., var last]:
                    last.Properties.Add(new PlyProperty(name, TypeOf(type, number), null));
                    break;
                case ["end_header"]:
                    return new PlyHeader(format ?? throw new InvalidDataException("the header has no format."), elements);
                default:
                    throw new InvalidDataException($"line {number} of the header is '{string.Join(' ', words)}', which is none that a PLY has.");
            }
        }

        throw new InvalidDataException($"the header has more than {MostLines} lines.");
    }

    private static string Line(Stream stream, int number)
    {
        var line = new StringBuilder();
        for (var next = stream.ReadByte(); next != '\n'; next = stream.ReadByte())
        {
            if (next < 0)
                throw new InvalidDataException("the header ends before end_header.");
            if (line.Length == LongestLine)
                throw new InvalidDataException($"line {number} of the header is longer than {LongestLine} characters.");
            line.Append(next is >= ' ' and <= '~' ? (char)next : ' ');
        }

        return line.ToString().TrimEnd();
    }

    private static PlyFormat FormatOf(string name, int line) => name switch
    {
        "ascii" => PlyFormat.Text,
        "binary_little_endian" => PlyFormat.LittleEndian,
        "binary_big_endian" => PlyFormat.BigEndian,
        _ => throw new InvalidDataException($"line {line}: there is no format '{name}'."),
    };

    private static PlyType TypeOf(string name, int line) => name switch
    {
        "char" or "int8" => PlyType.SByte,
        "uchar" or "uint8" => PlyType.Byte,
        "short" or "int16" => PlyType.Short,
        "ushort" or "uint16" => PlyType.UShort,
        "int" or "int32" => PlyType.Int,
        "uint" or "uint32" => PlyType.UInt,
        "float" or "float32" => PlyType.Single,
        "double" or "float64" => PlyType.Double,
        _ => throw new InvalidDataException($"line {line}: there is no type '{name}'."),
    };

    private static int CountOf(string word, int line) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= TriangleShape.MostParts
            ? count
            : throw new InvalidDataException($"line {line}: an element comes 0 to {TriangleShape.MostParts} times, not '{word}'.");
}

/// <summary>How the numbers of a PLY file are written.</summary>
internal enum PlyFormat { Text, LittleEndian, BigEndian }

/// <summary>The types of numbers that a PLY file has.</summary>
internal enum PlyType { SByte, Byte, Short, UShort, Int, UInt, Single, Double }

/// <summary>One number of an element, or a list of them.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Type">Of the number, or of each in the list.</param>
/// <param name="Length">The type of a list's length; null for a single number.</param>
internal sealed record PlyProperty(string Name, PlyType Type, PlyType? Length);

/// <summary>Rows of the same properties.</summary>
/// <param name="Name">What a row is.</param>
/// <param name="Count">Rows, at most <see cref="TriangleShape.MostParts"/>.</param>
/// <param name="Properties">In the order of a row.</param>
internal sealed record PlyElement(string Name, int Count, List<PlyProperty> Properties);
