using System.Text.Json;
using System.Text.RegularExpressions;

namespace DreamTime.Diffusion;

/// <summary>The tokens that stand for no text, and the length of a padded one.</summary>
internal sealed class SpecialTokens
{
    private const int ClipLength = 77;
    private const int LargestLength = 1_000_000;

    private SpecialTokens(string start, string end, string unknown, string padding, int maxLength, Func<string, int> id)
    {
        Unknown = unknown;
        StartId = id(start);
        EndId = id(end);
        PaddingId = id(padding);
        MaxLength = maxLength;
        Ids = new[] { start, end, unknown }.Distinct().ToDictionary(token => token, id);
        Pattern = new Regex(string.Join('|', Ids.Keys.Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }

    public string Unknown { get; }

    public int StartId { get; }

    public int EndId { get; }

    public int PaddingId { get; }

    public int MaxLength { get; }

    /// <summary>The tokens that are recognised in a text. A padding token that is also an ordinary one ("!") is not among them.</summary>
    public IReadOnlyDictionary<string, int> Ids { get; }

    public Regex Pattern { get; }

    /// <summary>Reads the two files, of which the map wins: Stable Diffusion 2 pads with "!" only there.</summary>
    public static SpecialTokens Read(ModelFolder folder, string prefix, IReadOnlyDictionary<string, int> vocabulary)
    {
        var config = Json(folder, prefix + "tokenizer_config.json");
        var map = Json(folder, prefix + "special_tokens_map.json");
        string Token(string key, string whenAbsent) => Content(map, key) ?? Content(config, key) ?? whenAbsent;
        string end = Token("eos_token", "<|endoftext|>");
        return new SpecialTokens(
            Token("bos_token", "<|startoftext|>"), end, Token("unk_token", end), Token("pad_token", end), Length(config),
            token => vocabulary.TryGetValue(token, out int id)
                ? id
                : throw new InvalidDataException($"{folder.Name}: the special token '{token}' is not in {prefix}vocab.json."));
    }

    private static JsonElement Json(ModelFolder folder, string file)
    {
        if (!folder.Exists(file))
            return default;
        try
        {
            using var document = JsonDocument.Parse(folder.ReadText(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new InvalidDataException($"{folder.Name}: {file} should be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{folder.Name}: {file} is not JSON: {e.Message}", e);
        }
    }

    /// <summary>A token, written as a string or as an object with its content.</summary>
    private static string? Content(JsonElement json, string key) =>
        json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(key, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("content", out var content) ? null
        : content.ValueKind == JsonValueKind.String ? content.GetString()
        : null;

    /// <summary>transformers writes 1e30 for a length it was not told.</summary>
    private static int Length(JsonElement config) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty("model_max_length", out var value)
        && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 2 and <= LargestLength and var length
            ? (int)length
            : ClipLength;
}
