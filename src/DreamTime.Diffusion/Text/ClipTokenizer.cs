using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace DreamTime.Diffusion;

/// <summary>
/// CLIP's byte-level BPE tokenizer (Radford et al. 2021). Text is brought to NFC and each character to lower case, and white space only
/// divides, as in transformers' fast tokenizer.
/// </summary>
public sealed class ClipTokenizer
{
    private const string EndOfWord = "</w>";

    private readonly BpeTokenizer bpe;
    private readonly SpecialTokens special;

    private ClipTokenizer(BpeTokenizer bpe, SpecialTokens special)
    {
        this.bpe = bpe;
        this.special = special;
    }

    /// <summary>Tokens in a padded text: the model's context.</summary>
    public int MaxLength => special.MaxLength;

    /// <summary>The number of tokens known.</summary>
    public int VocabularySize => bpe.Vocabulary.Count;

    /// <summary>
    /// Reads <c>vocab.json</c> and <c>merges.txt</c>, and <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> where they exist.
    /// </summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="part">The tokenizer's folder in it, <c>tokenizer</c>; empty for the folder itself.</param>
    /// <exception cref="FileNotFoundException">The vocabulary or the merges are missing.</exception>
    /// <exception cref="InvalidDataException">A file is broken, or the vocabulary lacks a special token; the message names it.</exception>
    public static ClipTokenizer Load(ModelFolder folder, string part = "tokenizer")
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(part);
        string prefix = part.Length == 0 ? "" : part + "/";
        var vocabulary = Vocabulary(folder, prefix + "vocab.json");
        var special = SpecialTokens.Read(folder, prefix, vocabulary);
        try
        {
            var bpe = BpeTokenizer.Create(new BpeOptions(vocabulary)
            {
                Merges = Merges(folder.ReadText(prefix + "merges.txt")),
                EndOfWordSuffix = EndOfWord,
                UnknownToken = special.Unknown,
            });
            return new ClipTokenizer(bpe, special);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{folder.Name}: {prefix}merges.txt does not fit vocab.json: {e.Message}", e);
        }
    }

    /// <summary>The ids of a text between those of its start and its end, however long it is.</summary>
    /// <param name="text">Any text.</param>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [special.StartId, .. Pieces(text).SelectMany(Ids), special.EndId];
    }

    /// <summary>The ids of a text in exactly <see cref="MaxLength"/> places: cut, with the end kept, or padded as the configuration says.</summary>
    /// <param name="text">Any text.</param>
    public long[] EncodePadded(string text)
    {
        int[] ids = Encode(text);
        long[] padded = new long[MaxLength];
        Array.Fill(padded, special.PaddingId);
        Array.Copy(ids, padded, Math.Min(ids.Length, MaxLength));
        if (ids.Length > MaxLength)
            padded[^1] = special.EndId;
        return padded;
    }

    /// <summary>The words, numbers and marks of a text, as the tokenizer divides it: normalised and in lower case.</summary>
    /// <param name="text">Any text.</param>
    public IReadOnlyList<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Pieces(text)];
    }

    private IEnumerable<string> Pieces(string text)
    {
        string normalised = CaseFolding.PerCharacter(NormalizationFormC.Of(text));
        int from = 0;
        foreach (Match match in special.Pattern.Matches(normalised))
        {
            foreach (string piece in WordPieces.Of(normalised[from..match.Index]))
                yield return piece;
            yield return match.Value;
            from = match.Index + match.Length;
        }
        foreach (string piece in WordPieces.Of(normalised[from..]))
            yield return piece;
    }

    private IEnumerable<int> Ids(string piece) =>
        special.Ids.TryGetValue(piece, out int id)
            ? [id]
            : bpe.EncodeToIds(ByteAlphabet.Spell(piece), considerPreTokenization: false, considerNormalization: false);

    private static Dictionary<string, int> Vocabulary(ModelFolder folder, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(folder.ReadText(file)) is { Count: > 0 } vocabulary
                ? vocabulary
                : throw new InvalidDataException($"{folder.Name}: {file} is empty; it should map tokens to ids.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{folder.Name}: {file} should be a JSON object from tokens to ids: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Merges(string text) =>
        text.Split('\n')
            .Select(line => line.TrimEnd('\r'))
            .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal));
}
