using System.Text.Json;
using DreamTime.Golden;

if (args is not [var folder] || !Directory.Exists(folder))
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/DreamTime.Golden -- DIR   (DIR holds golden files, see its README)");
    return 2;
}
var report = new Report(folder, Console.Out);
foreach (string path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    if (Read(path) is { } file)
        report.Run(file);
return report.Close() ? 0 : 1;

// A golden file lists tensors or cases; other JSON files are a model's.
static GoldenFile? Read(string path)
{
    using var document = JsonDocument.Parse(File.ReadAllBytes(path));
    var root = document.RootElement;
    return root.ValueKind == JsonValueKind.Object
        && (root.TryGetProperty("tensors", out var tensors) && tensors.ValueKind == JsonValueKind.Object
            || root.TryGetProperty("cases", out var cases) && cases.ValueKind == JsonValueKind.Array)
        ? new GoldenFile(path, root.Clone())
        : null;
}
