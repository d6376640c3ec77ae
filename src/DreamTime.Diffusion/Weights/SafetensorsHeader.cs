using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DreamTime.Diffusion;

/// <summary>
/// The header of a safetensors file, checked in full: a value of this type describes tensors that tile the data section exactly,
/// and whose shapes agree with their spans. Nothing is allocated that the file has not paid for with its own size.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsSpan> Spans, IReadOnlyDictionary<string, string> Metadata)
{
    public const string MetadataName = "__metadata__";
    public const int LengthBytes = 8;
    public const int LargestHeader = 100_000_000;

    /// <summary>Reads the header at the stream's position and leaves the stream at the first byte of the data.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format; the message says where.</exception>
    public static SafetensorsHeader Read(Stream stream, long fileLength, string file)
    {
        InvalidDataException Wrong(string what) => new($"{file} is no valid safetensors file: {what}");

        if (fileLength < LengthBytes)
            throw Wrong($"it has {fileLength} bytes, and should start with 8 that give the header's length.");
        Span<byte> first = stackalloc byte[LengthBytes];
        stream.ReadExactly(first);
        if (LooksLikePickle(first))
            throw new InvalidDataException(Pickle.Refusal(file));
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(first);
        if (length > LargestHeader || length > (ulong)(fileLength - LengthBytes))
            throw Wrong($"its header claims {length} bytes; {fileLength - LengthBytes} follow, and at most {LargestHeader} are allowed.");
        byte[] header = new byte[length];
        stream.ReadExactly(header);
        if (header.Length == 0 || header[0] != '{')
            throw Wrong("its header should be a JSON object that starts with '{'.");
        if (!Utf8.IsValid(header))
            throw Wrong("its header is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 3, AllowDuplicateProperties = false });
            return Parse(document.RootElement, fileLength - LengthBytes - header.Length, Wrong);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong($"its header is not the JSON it should be: {e.Message}");
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long dataLength, Func<string, InvalidDataException> wrong)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var spans = new List<SafetensorsSpan>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object)
                throw wrong($"{Show(property.Name)} should be a JSON object and is {property.Value.ValueKind}.");
            if (property.Name != MetadataName)
                spans.Add(SafetensorsSpan.Parse(property, wrong));
            else
                foreach (var item in property.Value.EnumerateObject())
                    metadata.Add(item.Name, item.Value.ValueKind == JsonValueKind.String
                        ? item.Value.GetString()!
                        : throw wrong($"{MetadataName} holds {Show(item.Name)}, which should be a string."));
        }
        spans.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        RequireTiling(spans, dataLength, wrong);
        return new SafetensorsHeader(spans, metadata);
    }

    private static void RequireTiling(IEnumerable<SafetensorsSpan> ordered, long dataLength, Func<string, InvalidDataException> wrong)
    {
        long expected = 0;
        foreach (var span in ordered)
        {
            string problem = span.Begin < expected ? "tensors overlap" : "there is a hole";
            if (span.Begin != expected)
                throw wrong($"tensor {Show(span.Name)} starts at byte {span.Begin} of the data and should start at {expected}: {problem}.");
            expected = span.End;
        }
        string end = expected > dataLength ? "it is cut off" : "there is something behind them";
        if (expected != dataLength)
            throw wrong($"its tensors take {expected} bytes, and {dataLength} follow the header: {end}.");
    }

    /// <summary>A name fit for one line of a message, however hostile it is.</summary>
    internal static string Show(string name)
    {
        const int longest = 80;
        var text = new StringBuilder("'");
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, longest)))
            text.Append(char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c);
        return text.Append(name.Length > longest ? "…'" : "'").ToString();
    }

    /// <summary>A zip archive (PyTorch's .pt, .bin, .ckpt) or a bare pickle, protocol 2 and up.</summary>
    private static bool LooksLikePickle(ReadOnlySpan<byte> first) =>
        first.StartsWith("PK\x03\x04"u8) || first[0] == 0x80 && first[1] is >= 2 and <= 5 && first[2] is not 0 && first[7] is not 0;
}
