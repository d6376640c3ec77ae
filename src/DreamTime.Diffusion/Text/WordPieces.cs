using System.Text;

namespace DreamTime.Diffusion;

/// <summary>
/// CLIP's division of a text before BPE: English contractions, runs of letters, single numerals, runs of anything else; white space
/// only divides. By characters, not by UTF-16 units as .NET's regular expressions would.
/// </summary>
internal static class WordPieces
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public static IEnumerable<string> Of(string text)
    {
        for (int from = 0; from < text.Length;)
        {
            int to = End(text, from, out var kind);
            if (kind != Kind.Space)
                yield return text[from..to];
            from = to;
        }
    }

    private static int End(string text, int from, out Kind kind)
    {
        kind = KindAt(text, from, out int to);
        if (kind == Kind.Other && Contractions.FirstOrDefault(c => text.AsSpan(from).StartsWith(c)) is string contraction)
            return from + contraction.Length;
        if (kind != Kind.Number)
            while (to < text.Length && KindAt(text, to, out int next) == kind)
                to = next;
        return to;
    }

    private static Kind KindAt(string text, int at, out int next)
    {
        var character = Rune.GetRuneAt(text, at);
        next = at + character.Utf16SequenceLength;
        return Rune.IsWhiteSpace(character) ? Kind.Space
            : Rune.IsLetter(character) ? Kind.Letter
            : Rune.IsNumber(character) ? Kind.Number
            : Kind.Other;
    }
}
