using System.Text;

namespace DreamTime.Diffusion;

/// <summary>Lower case, character by character: no context decides, so that every capital sigma becomes the same letter.</summary>
internal static class CaseFolding
{
    private static readonly Rune CapitalIWithDot = new(0x130);

    public static string PerCharacter(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (var character in text.EnumerateRunes())
        {
            // Unicode's full mapping gives two characters here, .NET's none.
            if (character == CapitalIWithDot)
                lower.Append("i\u0307");
            else
                lower.Append(Rune.ToLowerInvariant(character).ToString());
        }
        return lower.ToString();
    }
}
