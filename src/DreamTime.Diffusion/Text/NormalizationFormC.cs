using System.Globalization;
using System.Text;

namespace DreamTime.Diffusion;

/// <summary>
/// Unicode's Normalization Form C (UAX 15), from the tables in <c>canonical.txt</c>. <see cref="string.Normalize()"/> leaves text as it
/// is where the runtime works without ICU, and then the same prompt would get other tokens.
/// </summary>
internal static class NormalizationFormC
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28;

    private static readonly Lazy<CanonicalTables> Tables = new(CanonicalTables.Read);

    /// <summary>The normalised text. Half a surrogate pair becomes U+FFFD.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var characters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, characters);
        Reorder(characters);
        var composed = new StringBuilder(text.Length);
        foreach (int character in Compose(characters))
            composed.Append(char.ConvertFromUtf32(character));
        return composed.ToString();
    }

    private static int Class(int character) => Tables.Value.Classes.GetValueOrDefault(character);

    private static void Decompose(int character, List<int> target)
    {
        int syllable = character - HangulBase;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            target.Add(LeadBase + syllable / (Vowels * Trails));
            target.Add(VowelBase + syllable / Trails % Vowels);
            if (syllable % Trails != 0)
                target.Add(TrailBase + syllable % Trails);
        }
        else if (Tables.Value.Decompositions.TryGetValue(character, out int[]? parts))
            foreach (int part in parts)
                Decompose(part, target);
        else
            target.Add(character);
    }

    /// <summary>Sorts each run of combining marks by class, those of one class staying in order.</summary>
    private static void Reorder(List<int> characters)
    {
        for (int from = 0; from < characters.Count; from++)
        {
            int to = from;
            while (to < characters.Count && Class(characters[to]) != 0)
                to++;
            if (to - from > 1)
            {
                int[] sorted = [.. characters[from..to].OrderBy(Class)];
                for (int i = 0; i < sorted.Length; i++)
                    characters[from + i] = sorted[i];
            }
            from = to;
        }
    }

    private static List<int> Compose(List<int> characters)
    {
        var composed = new List<int>(characters.Count);
        int starter = -1, lastClass = 0;
        foreach (int character in characters)
        {
            int combining = Class(character);
            // A mark is blocked from the starter by one of its own class or a higher one in between; a starter by anything.
            bool adjacent = starter >= 0 && starter == composed.Count - 1;
            if (starter >= 0 && (adjacent || lastClass < combining) && Pair(composed[starter], character) is int whole)
            {
                composed[starter] = whole;
                continue;
            }
            if (combining == 0)
                starter = composed.Count;
            lastClass = combining;
            composed.Add(character);
        }
        return composed;
    }

    private static int? Pair(int first, int second)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - HangulBase, trail = second - TrailBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return HangulBase + (lead * Vowels + vowel) * Trails;
        if (syllable is >= 0 and < Leads * Vowels * Trails && syllable % Trails == 0 && trail is > 0 and < Trails)
            return first + trail;
        return Tables.Value.Compositions.TryGetValue((first, second), out int whole) ? whole : null;
    }

    private sealed record CanonicalTables(
        Dictionary<int, int[]> Decompositions, Dictionary<(int, int), int> Compositions, Dictionary<int, int> Classes)
    {
        public static CanonicalTables Read()
        {
            var tables = new CanonicalTables([], [], []);
            using var stream = typeof(NormalizationFormC).Assembly.GetManifestResourceStream("canonical.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is string line)
                if (!line.StartsWith('#'))
                    tables.Add(line.Split(' '));
            return tables;
        }

        private void Add(string[] fields)
        {
            static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (fields[0].Split('-') is [var first, var last])
            {
                for (int character = Hex(first); character <= Hex(last); character++)
                    Classes.Add(character, int.Parse(fields[1], CultureInfo.InvariantCulture));
                return;
            }
            int[] parts = [.. fields[1..].Where(f => f != "!").Select(Hex)];
            Decompositions.Add(Hex(fields[0]), parts);
            if (fields[^1] != "!")
                Compositions.Add((parts[0], parts[1]), Hex(fields[0]));
        }
    }
}
