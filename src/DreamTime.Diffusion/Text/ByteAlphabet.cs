using System.Text;

namespace DreamTime.Diffusion;

/// <summary>
/// Byte-level BPE's spelling: each byte of the UTF-8 text as one visible character. Bytes that are visible in Latin-1 are themselves,
/// the others, in order, are U+0100 and up.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = Make();

    public static string Spell(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, (letters, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                letters[i] = Letters[source[i]];
        });
    }

    private static char[] Make()
    {
        char next = 'Ā';
        static bool IsVisible(int b) => b is >= '!' and <= '~' or >= '¡' and <= '¬' or >= '®' and <= 'ÿ';
        return [.. Enumerable.Range(0, 256).Select(b => IsVisible(b) ? (char)b : next++)];
    }
}
