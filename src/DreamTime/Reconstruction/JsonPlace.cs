using System.Text.Json;

namespace DreamTime;

/// <summary>An object within a JSON file that knows where it stands, so that what is wrong with it can be found.</summary>
internal readonly record struct JsonPlace(JsonElement Element, string Where)
{
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A finite number, or null where there is none.</summary>
    public double? Number(string key)
    {
        if (Find(key) is not { } value)
            return null;

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(key, "a finite number");
    }

    public string? OptionalText(string key) => Find(key) is not { } value ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "a text");

    public string Text(string key) => OptionalText(key) is { Length: > 0 } text ? text : throw Wrong(key, "a text that is not empty");

    public string[]? Strings(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Wrong(key, "a list of texts");

        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    public JsonPlace[] Items(string key)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array } value)
            throw Wrong(key, "a list of objects");

        var where = Where;
        return [.. value.EnumerateArray().Select((item, i) => new JsonPlace(item, $"{where}, {key}[{i}]"))];
    }

    public double[][] Matrix(string key)
    {
        if (Find(key) is not { ValueKind: JsonValueKind.Array } value
            || value.EnumerateArray().Any(row => row.ValueKind != JsonValueKind.Array || row.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number)))
            throw Wrong(key, "rows of numbers");

        return [.. value.EnumerateArray().Select(row => row.EnumerateArray().Select(item => item.GetDouble()).ToArray())];
    }

    private JsonElement? Find(string key)
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw new DatasetException(Where, "an object { … } is expected here.");

        return Element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private DatasetException Wrong(string key, string expected) => new($"{Where}, {key}", $"{expected} is expected here.");
}
