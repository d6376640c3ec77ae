using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary>A model's <c>config.json</c>: values by key, where an absent or null key takes the default of the reference implementation.</summary>
internal sealed class ModelConfig
{
    private readonly string model;
    private readonly JsonElement root;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public ModelConfig(string model, string json)
    {
        this.model = model;
        using var document = JsonDocument.Parse(json);
        root = document.RootElement.Clone();
        if (root.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"{model}: the configuration should be a JSON object, and is: {root.ValueKind}.", nameof(json));
    }

    public bool Has(string key) => Find(key) is not null;

    public int Int(string key, int whenAbsent) => Find(key) is { } value ? AsInt(key, value) : whenAbsent;

    public int PositiveInt(string key, int whenAbsent) =>
        Int(key, whenAbsent) is > 0 and var value ? value : throw Wrong(key, "a positive integer");

    public int? OptionalInt(string key) => Find(key) is { ValueKind: JsonValueKind.Number } value ? AsInt(key, value) : null;

    public double Double(string key, double whenAbsent) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : throw Wrong(key, value, "a number");

    public IReadOnlyList<double> Doubles(string key, IReadOnlyList<double> whenAbsent, int count) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == count
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(item => item.GetDouble())]
        : throw Wrong(key, value, $"a list of {count} numbers");

    /// <summary>The length of an image's shorter side: a number, or <c>{"shortest_edge": n}</c>.</summary>
    public int ShortestEdge(string key, int whenAbsent) =>
        Find(key) is not { } value ? whenAbsent : PositiveSize(key, Member(value, "shortest_edge") ?? value, "a positive integer or {\"shortest_edge\": n}");

    /// <summary>The size of an image: a number for both sides, or <c>{"height": h, "width": w}</c>.</summary>
    public (int Height, int Width) HeightAndWidth(string key, (int Height, int Width) whenAbsent)
    {
        const string expected = "a positive integer or {\"height\": h, \"width\": w}";
        return Find(key) is not { } value
            ? whenAbsent
            : (PositiveSize(key, Member(value, "height") ?? value, expected), PositiveSize(key, Member(value, "width") ?? value, expected));
    }

    public bool Bool(string key, bool whenAbsent) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(key, value, "true or false");

    public bool IsTrue(string key) => Find(key) is { ValueKind: JsonValueKind.True };

    public string Text(string key, string whenAbsent) => Find(key) is { } value ? AsText(key, value) : whenAbsent;

    public string? OptionalText(string key) => Find(key) is { } value ? AsText(key, value) : null;

    /// <summary>The value that a key's text stands for.</summary>
    public T OneOf<T>(string key, T whenAbsent, IReadOnlyDictionary<string, T> values) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.String && values.TryGetValue(value.GetString()!, out var meant) ? meant
        : throw NotSupported(key, value, [.. values.Keys.Select(name => $"\"{name}\"")]);

    public IReadOnlyList<string> Texts(string key, IReadOnlyList<string> whenAbsent) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => AsText(key, item))]
        : throw Wrong(key, value, "a list of strings");

    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int> whenAbsent) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => AsInt(key, item))]
        : throw Wrong(key, value, "a list of integers");

    /// <summary>One integer for each of <paramref name="count"/> resolutions: the file gives a single one for all or a list.</summary>
    public IReadOnlyList<int> IntPerBlock(string key, int whenAbsent, int count)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array } list)
            return [.. Enumerable.Repeat(Int(key, whenAbsent), count)];
        var values = Ints(key, []);
        return values.Count == count ? values : throw Wrong(key, list, $"an integer or a list of {count}, one per entry of block_out_channels");
    }

    /// <summary>One truth value for each of <paramref name="count"/> resolutions: the file gives a single one for all or a list.</summary>
    public IReadOnlyList<bool> BoolPerBlock(string key, bool whenAbsent, int count) =>
        Find(key) is not { ValueKind: JsonValueKind.Array } list ? [.. Enumerable.Repeat(Bool(key, whenAbsent), count)]
        : list.GetArrayLength() == count && list.EnumerateArray().All(item => item.ValueKind is JsonValueKind.True or JsonValueKind.False)
            ? [.. list.EnumerateArray().Select(item => item.GetBoolean())]
        : throw Wrong(key, list, $"true, false or a list of {count}, one per entry of block_out_channels");

    /// <summary>Whether the file says null, which is not the same as saying nothing.</summary>
    public bool IsNull(string key) => root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>
    /// Refuses what nobody asked for, to be called last: a key that this port does not know asks for something, unless its value is null or false, or it is about the file
    /// itself and begins with an underscore.
    /// </summary>
    /// <param name="harmless">Known keys that change no number.</param>
    public void RequireNothingElse(params string[] harmless)
    {
        string[] unknown = [.. root.EnumerateObject()
            .Where(key => !asked.Contains(key.Name) && !harmless.Contains(key.Name) && !key.Name.StartsWith('_'))
            .Where(key => key.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
            .Select(key => $"{JsonEncodedText.Encode(key.Name)} = {Show(key.Value)} (not known)")];
        if (unknown.Length > 0)
            throw new NotSupportedException($"{model}: the configuration asks for what is not supported: {string.Join("; ", unknown)}.");
    }

    /// <summary>Refuses keys that are null in the file where null would not mean the default, as the reference reads it.</summary>
    public void RequireNotNull(params string[] keys)
    {
        string[] refused = [.. keys.Where(key => root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Null)];
        if (refused.Length > 0)
            throw new NotSupportedException(
                $"{model}: the configuration asks for what is not supported: {string.Join("; ", refused.Select(key => key + " = null"))}.");
    }

    /// <summary>Refuses every key whose value is not among those this port computes, all of them in one message.</summary>
    /// <param name="supported">Key to the values that are fine, each as JSON text; an absent or null key is always fine.</param>
    public void RequireSupported(IReadOnlyDictionary<string, string[]> supported)
    {
        var refused = supported
            .Where(entry => Find(entry.Key) is { } value && !entry.Value.Any(allowed => Same(value, allowed)))
            .Select(entry => $"{entry.Key} = {Show(Find(entry.Key)!.Value)} (supported: {string.Join(", ", entry.Value.DefaultIfEmpty("null"))})")
            .ToArray();
        if (refused.Length > 0)
            throw new NotSupportedException($"{model}: the configuration asks for what is not supported: {string.Join("; ", refused)}.");
    }

    public ArgumentException Wrong(string key, string expected) =>
        Find(key) is { } value
            ? Wrong(key, value, expected)
            : new ArgumentException($"{model}: {key} is missing from the configuration, and should be {expected}.");

    private NotSupportedException NotSupported(string key, JsonElement value, string[] supported) =>
        new($"{model}: the configuration asks for what is not supported: {key} = {Show(value)} (supported: {string.Join(", ", supported)}).");

    private JsonElement? Find(string key)
    {
        asked.Add(key);
        return root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;

    private int PositiveSize(string key, JsonElement value, string expected) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int size) && size > 0 ? size : throw Wrong(key, value, expected);

    private int AsInt(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(key, value, "an integer");

    private string AsText(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(key, value, "a string");

    private ArgumentException Wrong(string key, JsonElement value, string expected) =>
        new($"{model}: {key} = {Show(value)} in the configuration, and should be {expected}.");

    private static bool Same(JsonElement value, string allowed)
    {
        using var document = JsonDocument.Parse(allowed);
        var other = document.RootElement;
        return value.ValueKind == JsonValueKind.Number && other.ValueKind == JsonValueKind.Number
            ? value.GetDouble() == other.GetDouble()
            : JsonElement.DeepEquals(value, other);
    }

    private static string Show(JsonElement value) => value.GetRawText().ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal);
}
