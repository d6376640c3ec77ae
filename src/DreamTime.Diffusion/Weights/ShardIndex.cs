using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary><c>*.safetensors.index.json</c>: which of several files holds which tensor, <c>{"weight_map": {"conv_in.weight": "model-00001-of-00002.safetensors"}}</c>.</summary>
internal sealed class ShardIndex
{
    private readonly SortedDictionary<string, string> weightMap;

    private ShardIndex(SortedDictionary<string, string> weightMap) => this.weightMap = weightMap;

    /// <summary>The shards' paths in the model folder, each once.</summary>
    public IReadOnlyList<string> Files => [.. weightMap.Values.Distinct().Order(StringComparer.Ordinal)];

    public static bool HasExtension(string file) =>
        file.EndsWith(".json", StringComparison.Ordinal) && file.Contains(".safetensors.index", StringComparison.Ordinal);

    /// <summary>Reads an index.</summary>
    /// <exception cref="InvalidDataException">It is none: the message says what is wrong.</exception>
    public static ShardIndex Read(ModelFolder folder, string file)
    {
        InvalidDataException Wrong(string what, Exception? inner = null) =>
            new($"{folder.Name}: {file} {what}; an index is {{\"weight_map\": {{tensor: file, ...}}}}.", inner);

        string prefix = file[..(file.LastIndexOf('/') + 1)];
        try
        {
            using var document = JsonDocument.Parse(folder.ReadText(file), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (!document.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
                throw Wrong("has no weight_map");
            var weightMap = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var item in map.EnumerateObject())
                weightMap.Add(item.Name, item.Value.ValueKind == JsonValueKind.String && IsPlain(item.Value.GetString()!)
                    ? prefix + item.Value.GetString()
                    : throw Wrong($"maps {SafetensorsHeader.Show(item.Name)} to {SafetensorsHeader.Show(item.Value.ToString())}, not to a file beside it"));
            return weightMap.Count > 0 ? new ShardIndex(weightMap) : throw Wrong("names no tensor");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong($"is not the JSON it should be: {e.Message}", e);
        }
    }

    /// <summary>Refuses shards that lack what the index promises; what they hold beyond it is judged with the other tensors.</summary>
    public void RequireAgreement(string name, ICollection<string> found)
    {
        var held = found.ToHashSet(StringComparer.Ordinal);
        string[] absent = [.. weightMap.Where(item => !held.Contains(item.Key)).Select(item => $"{item.Key} in {item.Value}")];
        if (absent.Length > 0)
            throw new InvalidDataException($"{name} names tensors that its shards do not hold: {WeightsMatch.Listed(absent)}.");
    }

    private static bool IsPlain(string file) =>
        file.Length > 0 && file.IndexOfAny(['/', '\\', '\0']) < 0 && file is not ("." or "..");
}
