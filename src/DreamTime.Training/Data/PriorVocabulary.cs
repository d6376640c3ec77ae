using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace DreamTime.Training;

/// <summary>
/// The byte-pair vocabulary of the captions, in CLIP's format: the merges are learnt (Sennrich et al. 2016) from the captions' words, each
/// counted once, until every word is one token. Any other text still falls into bytes.
/// </summary>
public static class PriorVocabulary
{
    /// <summary>Begins every text.</summary>
    public const string StartOfText = "<|startoftext|>";

    /// <summary>Ends every text, and pads it.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Tokens of a text, with its beginning, end and padding.</summary>
    public const int Length = 24;

    private const string EndOfWord = "</w>";

    /// <summary>A printable character for each byte: printable Latin-1 bytes stand for themselves, the others for U+0100 and following (GPT-2).</summary>
    private static string[] ByteLetters { get; } = MakeByteLetters();

    /// <summary>Every word that captions use, sorted.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        .. Catalogue.Classes.SelectMany(one => one.Synonyms.Append(one.Name))
            .Concat(Catalogue.Classes.Select(one => one.Accent?.Name).OfType<string>())
            .Concat(Palette.Colors.SelectMany(color => new[] { color.Name, color.Synonym }).OfType<string>())
            .Concat(Renderers.ViewWord.All)
            .Concat(Subject.Ornaments)
            .Concat(["a", "an", "with", "on", "of", "view", "photo", "model", "d", ",", "-", .. Enumerable.Range(0, 10).Select(digit => $"{digit}")])
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>The merges, best first.</summary>
    public static IReadOnlyList<(string Left, string Right)> Merges { get; } = Learn(Words);

    /// <summary>All tokens; a token's id is its place.</summary>
    public static IReadOnlyList<string> Tokens { get; } =
    [
        .. ByteLetters, .. ByteLetters.Select(letter => letter + EndOfWord), .. Merges.Select(merge => merge.Left + merge.Right), StartOfText, EndOfText,
    ];

    /// <summary>The files of a tokenizer folder, by name.</summary>
    public static IReadOnlyDictionary<string, string> Files()
    {
        var vocabulary = new JsonObject(Tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
        var specials = new JsonObject
        {
            ["bos_token"] = StartOfText,
            ["eos_token"] = EndOfText,
            ["unk_token"] = EndOfText,
            ["pad_token"] = EndOfText,
        };
        var config = new JsonObject
        {
            ["tokenizer_class"] = "CLIPTokenizer",
            ["do_lower_case"] = true,
            ["errors"] = "replace",
            ["model_max_length"] = Length,
        };
        foreach (var (name, token) in specials)
            config[name] = token!.DeepClone();
        return new Dictionary<string, string>
        {
            ["vocab.json"] = PriorFolder.Json(vocabulary),
            ["merges.txt"] = string.Concat(Merges.Select(merge => $"{merge.Left} {merge.Right}\n").Prepend("#version: 0.2\n")),
            ["special_tokens_map.json"] = PriorFolder.Json(specials),
            ["tokenizer_config.json"] = PriorFolder.Json(config),
        };
    }

    private static string[] MakeByteLetters()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82)).ToArray();
        var others = Enumerable.Range(0, 256).Except(printable);
        return
        [
            .. printable.Select(code => ((char)code).ToString(CultureInfo.InvariantCulture)),
            .. others.Select((_, i) => ((char)(256 + i)).ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static List<(string, string)> Learn(IReadOnlyList<string> words)
    {
        var pieces = words.Select(Letters).ToArray();
        List<(string, string)> merges = [];
        while (pieces.Any(word => word.Count > 1))
        {
            var best = pieces.SelectMany(word => word.Zip(word.Skip(1)))
                .CountBy(pair => pair)
                .OrderByDescending(counted => counted.Value)
                .ThenBy(counted => counted.Key.First, StringComparer.Ordinal)
                .ThenBy(counted => counted.Key.Second, StringComparer.Ordinal)
                .First().Key;
            merges.Add(best);
            foreach (var word in pieces)
                Merge(word, best);
        }
        return merges;
    }

    private static List<string> Letters(string word)
    {
        if (!Ascii.IsValid(word))
            throw new ArgumentException($"The caption word \"{word}\" is not ASCII.", nameof(word));
        return [.. word[..^1].Select(letter => letter.ToString()), word[^1] + EndOfWord];
    }

    private static void Merge(List<string> word, (string Left, string Right) pair)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != pair.Left || word[i + 1] != pair.Right)
                continue;
            word[i] += word[i + 1];
            word.RemoveAt(i + 1);
        }
    }
}
