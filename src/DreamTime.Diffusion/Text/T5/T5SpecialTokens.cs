using System.Text.RegularExpressions;

namespace DreamTime.Diffusion;

/// <summary>
/// The tokens that T5's tokenizer recognises in a text, as the reference's does: the end, padding, the unknown piece, and the sentinels <c>&lt;extra_id_0&gt;</c> and so on,
/// whose ids follow the pieces' backwards.
/// </summary>
internal sealed class T5SpecialTokens
{
    private const string ConfigFile = "tokenizer_config.json";
    private const int Sentinels = 100;
    private const int MostSentinels = 10_000;

    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly Regex pattern;

    private T5SpecialTokens(IReadOnlyDictionary<string, int> pieces, int count, int sentinels)
    {
        foreach (string token in new[] { "</s>", "<pad>", "<unk>" })
            if (pieces.TryGetValue(token, out int id))
                ids.Add(token, id);
        for (int n = 0; n < sentinels; n++)
        {
            string token = $"<extra_id_{n}>";
            ids.Add(token, pieces.TryGetValue(token, out int id) ? id : count + sentinels - 1 - n);
        }
        pattern = new Regex("(" + string.Join('|', ids.Keys.Select(Regex.Escape)) + ")", RegexOptions.CultureInvariant);
    }

    /// <summary>Reads how many sentinels there are from <c>tokenizer_config.json</c> (<c>extra_ids</c>), 100 where it does not say.</summary>
    /// <exception cref="InvalidDataException">The number is no number, or out of range.</exception>
    public static T5SpecialTokens Read(ModelFolder folder, string prefix, IReadOnlyDictionary<string, int> pieces, int count)
    {
        if (!folder.Exists(prefix + ConfigFile))
            return new T5SpecialTokens(pieces, count, Sentinels);
        try
        {
            var file = new ModelConfig("T5Tokenizer", folder.ReadText(prefix + ConfigFile));
            return file.Int("extra_ids", Sentinels) is >= 0 and <= MostSentinels and var sentinels
                ? new T5SpecialTokens(pieces, count, sentinels)
                : throw file.Wrong("extra_ids", $"0 to {MostSentinels}");
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            throw new InvalidDataException($"{folder.Name}: {prefix}{ConfigFile}: {e.Message}", e);
        }
    }

    /// <summary>A text in pieces: what stands between special tokens, without white space at the ends, and the ids of those.</summary>
    public IEnumerable<(string Text, int? Id)> Split(string text) =>
        pattern.Split(text)
            .Select(part => ids.TryGetValue(part, out int id) ? (part, id) : (part.Trim(), (int?)null))
            .Where(part => part.Item1.Length > 0);
}
