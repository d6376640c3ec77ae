using System.Text.Json;
using DreamTime.Diffusion;
using DreamTime.Golden;

var onGpu = args is [_, "--device", "cuda"];
if (args.Length == 0 || args.Length > 1 && !onGpu || args[0] is not { } folder || !Directory.Exists(folder))
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/DreamTime.Golden -- DIR [--device cuda]   (DIR holds golden files, see its README; a GPU computes those that are one network alone)");
    return 2;
}
if (onGpu)
{
    NativeLibtorch.Load();
    if (!NativeLibtorch.Cuda.IsUsable)
    {
        Console.Error.WriteLine($"--device cuda: {NativeLibtorch.Cuda}");
        return 2;
    }
    Compute.OnGpu();
}
var report = new Report(folder, onGpu ? FixtureKinds.Networks : FixtureKinds.All, Console.Out);
foreach (string path in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    if (Read(path) is { } file && (!onGpu || FixtureKinds.Networks.Contains(FixtureKinds.All.FirstOrDefault(kind => kind.Matches(file)))))
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
