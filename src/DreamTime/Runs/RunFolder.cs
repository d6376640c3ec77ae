using System.Text.Json;
using System.Text.Json.Serialization;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>
/// What a run leaves on disk: <c>run.json</c>, <c>log.jsonl</c>, <c>preview/</c> and the assets. Files other than the log, which only grows,
/// appear whole or not at all.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions JsonLine = new(Json) { WriteIndented = false };
    private static readonly string[] PreviewKinds = ["step", "depth", "normal"];
    private readonly StreamWriter _log;

    private RunFolder(string path)
    {
        Path = path;
        _log = new StreamWriter(In("log.jsonl"), append: false) { AutoFlush = true };
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes the folder and opens its log.</summary>
    /// <param name="path">Where; parents are made.</param>
    /// <param name="overwrite">Whether a run that is there may be replaced.</param>
    /// <exception cref="RunFolderException">It is a file, or holds a run and <paramref name="overwrite"/> is not set.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written to.</exception>
    public static RunFolder Create(string path, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path))
            throw new RunFolderException(path, "is a file; a run needs a folder.");
        if (File.Exists(System.IO.Path.Combine(path, "run.json")) && !overwrite)
            throw new RunFolderException(path, "already holds a run; name another folder, or ask to overwrite it.");

        var previews = System.IO.Path.Combine(path, "preview");
        Directory.CreateDirectory(previews);
        string[] assets = [.. AssetExport.FileNames, "turntable.gif", "image.png", "depth.png", "normal.png", "splats.ply", "splats.splat"];
        foreach (var old in PreviewKinds.SelectMany(kind => Directory.EnumerateFiles(previews, $"{kind}-*.png")).Concat(assets.Select(name => System.IO.Path.Combine(path, name))))
            File.Delete(old);
        return new RunFolder(path);
    }

    /// <summary>The full path of a file of the run.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes <c>run.json</c>, replacing what it said.</summary>
    public void WriteManifest(RunManifest manifest) =>
        AtomicFile.Write(In("run.json"), stream => JsonSerializer.Serialize(stream, manifest, Json));

    /// <summary>Adds a line to <c>log.jsonl</c>.</summary>
    public void Log(StepReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var line = new { step = report.Index, t = report.Timestep, report.ResidualRms, report.GradientNorm, report.Opacity, stepsPerSecond = report.Rate };
        _log.WriteLine(JsonSerializer.Serialize(line, JsonLine));
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();
}
