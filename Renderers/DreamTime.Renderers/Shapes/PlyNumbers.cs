using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>The numbers of a PLY file behind its header, one after the other.</summary>
internal sealed class PlyNumbers(Stream stream, PlyFormat format)
{
    private const int LongestWord = 64;

    private readonly byte[] _bytes = new byte[8];
    private readonly StringBuilder _word = new();

    /// <summary>The next one.</summary>
    /// <exception cref="EndOfStreamException">There is none.</exception>
    /// <exception cref="InvalidDataException">A word is no number.</exception>
    public double Next(PlyType type)
    {
        if (format == PlyFormat.Text)
            return Word();

        var bytes = _bytes.AsSpan(0, type switch
        {
            PlyType.SByte or PlyType.Byte => 1,
            PlyType.Short or PlyType.UShort => 2,
            PlyType.Double => 8,
            _ => 4,
        });
        stream.ReadExactly(bytes);
        if (format == PlyFormat.BigEndian)
            bytes.Reverse();
        return type switch
        {
            PlyType.SByte => (sbyte)bytes[0],
            PlyType.Byte => bytes[0],
            PlyType.Short => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            PlyType.UShort => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            PlyType.Int => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            PlyType.UInt => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            PlyType.Single => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
    }

    private double Word()
    {
        _word.Clear();
        for (var next = stream.ReadByte(); ; next = stream.ReadByte())
        {
            var isBlank = next is ' ' or '\t' or '\r' or '\n';
            if (_word.Length > 0 && (isBlank || next < 0))
                break;
            if (next < 0)
                throw new EndOfStreamException();
            if (_word.Length == LongestWord)
                throw new InvalidDataException($"a number is longer than {LongestWord} characters.");
            if (!isBlank)
                _word.Append((char)next);
        }

        var text = _word.ToString();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidDataException($"'{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}' is no number.");
    }
}
