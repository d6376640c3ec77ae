using System.Reflection;

namespace DreamTime.Diffusion;

/// <summary>
/// A model in diffusers' folder layout (<c>model_index.json</c>, <c>unet/config.json</c>, ...), read only, on disk or inside this assembly.
/// </summary>
public sealed class ModelFolder
{
    private const string EmbeddedPrefix = "EmbeddedPrior/";

    private static readonly string[] Endings =
    [
        ".safetensors", ".safetensors.index.json",
        ".fp16.safetensors", ".fp16.safetensors.index.json", ".safetensors.index.fp16.json",
    ];

    private readonly Func<string, bool> exists;
    private readonly Func<string, Stream> open;

    private ModelFolder(string name, Func<string, bool> exists, Func<string, Stream> open)
    {
        Name = name;
        this.exists = exists;
        this.open = open;
    }

    /// <summary>The folder that ships inside this assembly. It has no files in a build that was made without the embedded prior.</summary>
    public static ModelFolder Embedded { get; } = new(
        "embedded",
        file => typeof(ModelFolder).Assembly.GetManifestResourceInfo(EmbeddedPrefix + file) is not null,
        file => typeof(ModelFolder).Assembly.GetManifestResourceStream(EmbeddedPrefix + file)
            ?? throw new FileNotFoundException($"The embedded prior has no file '{file}'."));

    /// <summary>The folder's name in messages: its path, or <c>embedded</c>.</summary>
    public string Name { get; }

    /// <summary>A folder on disk.</summary>
    /// <param name="path">The folder that holds <c>model_index.json</c>, or one part of a model.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder; the message says what is there instead.</exception>
    /// <exception cref="InvalidDataException">It is a pickled checkpoint of a whole model, which is refused.</exception>
    public static ModelFolder At(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Pickle.HasExtension(path) && File.Exists(path))
            throw new InvalidDataException(Pickle.RefusalOfModel(path));
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException(
                File.Exists(path)
                    ? $"'{path}' is a file; a model is a folder in diffusers' layout (with model_index.json). {Pickle.Splitting(path)}"
                    : $"There is no folder '{path}'.");
        return new ModelFolder(path, file => File.Exists(Path.Combine(path, file)), file => File.OpenRead(Path.Combine(path, file)));
    }

    /// <summary>Whether the folder has a file.</summary>
    /// <param name="file">Its path in the folder, with forward slashes.</param>
    public bool Exists(string file) => exists(Inside(file));

    /// <summary>Opens a file for reading; the stream can seek.</summary>
    /// <param name="file">Its path in the folder, with forward slashes.</param>
    /// <exception cref="FileNotFoundException">There is no such file; the message names folder and file.</exception>
    public Stream Open(string file) =>
        Exists(file) ? open(file) : throw new FileNotFoundException($"Model folder '{Name}' has no file '{file}'.", file);

    /// <summary>The text of a UTF-8 file.</summary>
    /// <param name="file">Its path in the folder, with forward slashes.</param>
    /// <exception cref="FileNotFoundException">There is no such file; the message names folder and file.</exception>
    public string ReadText(string file)
    {
        using var reader = new StreamReader(Open(file));
        return reader.ReadToEnd();
    }

    /// <summary>The weights file of a part, or the index of its shards: under its usual name, or that of a half-precision variant.</summary>
    /// <param name="part">The part's folder, such as <c>unet</c>; empty for the folder itself.</param>
    /// <returns>A path for <see cref="Open"/>.</returns>
    /// <exception cref="FileNotFoundException">The part has no weights.</exception>
    /// <exception cref="InvalidDataException">The part has its weights only as a pickle.</exception>
    public string WeightsFile(string part)
    {
        string prefix = part.Length == 0 ? "" : part + "/";
        string[] stems = ["diffusion_pytorch_model", "model", "pytorch_model"];
        string[] names = [.. stems.SelectMany(stem => Endings.Select(ending => prefix + stem + ending))];
        if (names.FirstOrDefault(Exists) is string found)
            return found;
        var pickles = stems.SelectMany(stem => Pickle.Extensions.Select(extension => prefix + stem + extension));
        if (pickles.FirstOrDefault(Exists) is string pickle)
            throw new InvalidDataException(Pickle.Refusal($"{Name}: {pickle}"));
        throw new FileNotFoundException($"Model folder '{Name}' has no weights for '{part}'; expected {names[0]} or {names[Endings.Length]}.", names[0]);
    }

    private static string Inside(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return Path.IsPathRooted(file) || file.Split('/', '\\').Contains("..")
            ? throw new ArgumentException($"'{file}' should be a path inside the model folder.", nameof(file))
            : file;
    }
}
