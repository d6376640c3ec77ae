namespace DreamTime.Diffusion;

/// <summary>Where a prior comes from: this assembly, or a folder in diffusers' layout.</summary>
public sealed record PriorSource
{
    private readonly string? path;

    private PriorSource(string? path) => this.path = path;

    /// <summary>The prior that ships with the library.</summary>
    public static PriorSource Embedded { get; } = new(path: null);

    /// <summary>A folder on disk, such as a Stable Diffusion checkpoint.</summary>
    /// <param name="path">The folder that holds <c>model_index.json</c>.</param>
    public static PriorSource Folder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new PriorSource(path);
    }

    /// <summary>Opens the folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public ModelFolder Open() => path is null ? ModelFolder.Embedded : ModelFolder.At(path);

    /// <summary>Whether the model draws views of an image (Zero-1-to-3, for <see cref="Zero123"/>), rather than pictures of a text (for <see cref="Prior"/>).</summary>
    /// <exception cref="IOException">There is no such folder, or it has no <c>model_index.json</c>.</exception>
    /// <exception cref="InvalidDataException">Its <c>model_index.json</c> is broken.</exception>
    public bool TurnsImages() => ModelFamily.Of(ModelIndex.Read(Open()).Parts) == ModelFamily.ImageToView;

    /// <summary><c>embedded</c>, or the folder's path.</summary>
    public override string ToString() => path ?? "embedded";
}
