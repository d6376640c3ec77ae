using System.Buffers.Binary;
using System.Text;

namespace DreamTime.Diffusion;

/// <summary>The versions that an ELF library asks of the libraries it is linked against (section <c>SHT_GNU_verneed</c>).</summary>
internal static class ElfVersionNeed
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const byte Weak = 2;

    /// <summary>
    /// Marks one needed version as weak, so that the dynamic linker accepts a library which lacks it.
    /// That is sound only where no relocation refers to a symbol of that version.
    /// </summary>
    /// <param name="image">A little-endian ELF64 file; changed in place (one byte).</param>
    /// <param name="version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>False, and the image unchanged, where it is no such file or does not need that version.</returns>
    public static bool TryWeaken(Span<byte> image, string version)
    {
        try
        {
            return Find(image, Encoding.ASCII.GetBytes(version)) is int flags && (image[flags] |= Weak) != 0;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>The offset of <c>vna_flags</c> of the needed version.</summary>
    private static int? Find(ReadOnlySpan<byte> image, ReadOnlySpan<byte> version)
    {
        bool elf = image.Length >= 64 && image.StartsWith("\x7f"u8) && image[1..4].SequenceEqual("ELF"u8);
        bool littleEndian64 = elf && image[4] == 2 && image[5] == 1;
        if (!littleEndian64)
            return null;

        int Section(ReadOnlySpan<byte> f, int index) => checked((int)U64(f, 40) + index * U16(f, 58));
        int sections = U16(image, 60);
        for (int i = 0; i < sections; i++)
        {
            int header = Section(image, i);
            if (U32(image, header + 4) != VersionNeedSection)
                continue;
            int names = checked((int)U64(image, Section(image, checked((int)U32(image, header + 40))) + 24));
            int need = checked((int)U64(image, header + 24));
            for (int file = 0, files = checked((int)U32(image, header + 44)); file < files; file++)
            {
                int needed = need + checked((int)U32(image, need + 8));
                for (int k = 0, count = U16(image, need + 2); k < count; k++)
                {
                    var name = image[(names + checked((int)U32(image, needed + 8)))..];
                    if (name.StartsWith(version) && name[version.Length] == 0)
                        return needed + 4;
                    needed += checked((int)U32(image, needed + 12));
                }
                need += checked((int)U32(image, need + 12));
            }
        }
        return null;
    }

    private static ushort U16(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image[offset..]);
    private static uint U32(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image[offset..]);
    private static ulong U64(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(image[offset..]);
}
