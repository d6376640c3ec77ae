using System.Text;

namespace DreamTime.Renderers;

/// <summary>A zip archive whose files are stored as they are, each beginning at a multiple of 64 bytes, as USDZ asks so that they can be mapped into memory.</summary>
internal static class StoredZip
{
    private const int Alignment = 64, LocalHeader = 30, ExtraHeader = 4;

    /// <summary>1 January 1980, the earliest date that the format has: the same files give the same bytes.</summary>
    private const ushort Date = 1 << 5 | 1;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) != 0 ? c >> 1 ^ 0xEDB88320 : c >> 1))];

    /// <summary>Writes the archive.</summary>
    /// <param name="stream">At its beginning.</param>
    /// <param name="files">ASCII names and contents, less than 4 GiB together.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, byte[] Content)> files)
    {
        using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        var position = 0L;
        var offsets = new uint[files.Count];
        for (var i = 0; i < files.Count; i++)
        {
            var (name, content) = files[i];
            offsets[i] = checked((uint)position);
            var begin = position + LocalHeader + name.Length + ExtraHeader;
            var padding = (int)((Alignment - begin % Alignment) % Alignment);
            writer.Write(0x04034B50u);
            Common(name, content, ExtraHeader + padding);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write((ushort)0x1986);
            writer.Write((ushort)padding);
            writer.Write(new byte[padding]);
            writer.Write(content);
            position = begin + padding + content.Length;
        }

        var directory = position;
        for (var i = 0; i < files.Count; i++)
        {
            var (name, content) = files[i];
            writer.Write(0x02014B50u);
            writer.Write((ushort)20);
            Common(name, content, extra: 0);
            writer.Write(new byte[10]);
            writer.Write(offsets[i]);
            writer.Write(Encoding.ASCII.GetBytes(name));
            position += 46 + name.Length;
        }
        writer.Write(0x06054B50u);
        writer.Write(0);
        writer.Write((ushort)files.Count);
        writer.Write((ushort)files.Count);
        writer.Write(checked((uint)(position - directory)));
        writer.Write(checked((uint)directory));
        writer.Write((ushort)0);

        // What a file's own header and its entry in the directory have in common: version, flags, method, time, date, checksum, sizes, lengths.
        void Common(string name, byte[] content, int extra)
        {
            foreach (var value in (ReadOnlySpan<ushort>)[20, 0, 0, 0, Date])
                writer.Write(value);
            writer.Write(Crc32(content));
            writer.Write(content.Length);
            writer.Write(content.Length);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)extra);
        }
    }

    /// <summary>The checksum of zip and PNG (ISO 3309).</summary>
    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = crc >> 8 ^ Table[(byte)(crc ^ value)];
        return ~crc;
    }
}
