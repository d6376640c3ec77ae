using System.Text.Json;

namespace DreamTime.Diffusion;

/// <summary><c>model_index.json</c>: which class each part of a model is of.</summary>
internal sealed class ModelIndex
{
    private const string FileName = "model_index.json";

    private readonly ModelFolder folder;
    private readonly IReadOnlyDictionary<string, string> classes;

    private ModelIndex(ModelFolder folder, string? pipeline, IReadOnlyDictionary<string, string> classes)
    {
        this.folder = folder;
        Pipeline = pipeline;
        this.classes = classes;
    }

    /// <summary>The class of the pipeline that the model was saved from, where the index says so.</summary>
    public string? Pipeline { get; }

    /// <summary>All parts that the index gives a class, by name.</summary>
    public IReadOnlyDictionary<string, string> Parts => classes;

    public static ModelIndex Read(ModelFolder folder)
    {
        if (!folder.Exists(FileName))
            throw new FileNotFoundException(
                folder == ModelFolder.Embedded
                    ? "This build holds no embedded prior; name a model folder instead."
                    : $"'{folder.Name}' has no {FileName}: it is no model in diffusers' layout.",
                FileName);
        try
        {
            using var document = JsonDocument.Parse(folder.ReadText(FileName));
            var classes = new Dictionary<string, string>();
            foreach (var part in document.RootElement.EnumerateObject())
                if (part.Value is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[1].ValueKind == JsonValueKind.String)
                    classes[part.Name] = pair[1].GetString()!;
            string? pipeline = document.RootElement.TryGetProperty("_class_name", out var name) ? name.ToString() : null;
            return new ModelIndex(folder, pipeline, classes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{folder.Name}: {FileName} should be a JSON object: {e.Message}", e);
        }
    }

    /// <summary>The class of a part that a model of a family needs.</summary>
    /// <exception cref="InvalidDataException">The index does not name the part.</exception>
    /// <exception cref="NotSupportedException">It is of a class that is not supported.</exception>
    public string Class(ModelFamily family, string part)
    {
        string should = $"should be {string.Join(" or ", family.Parts[part])}";
        if (!classes.TryGetValue(part, out string? name))
            throw new InvalidDataException($"{folder.Name}: {FileName} names no {part}; it {should}.");
        return family.Parts[part].Contains(name)
            ? name
            : throw new NotSupportedException($"{folder.Name}: {part} is of class {name}, which is not supported; it {should}.");
    }
}
