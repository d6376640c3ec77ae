using System.Text.Json;
using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>
/// Numbers of the reference implementation: X.json describes them, and X.safetensors beside it, where there is one, holds them.
/// The rule of tolerance is that of the golden set's README.
/// </summary>
internal sealed class GoldenFile
{
    private const double FunctionTolerance = 2e-6;

    private readonly SafetensorsFile? tensors;

    public GoldenFile(string path, JsonElement root)
    {
        FullPath = Path.GetFullPath(path);
        Root = root;
        string stored = Path.ChangeExtension(FullPath, ".safetensors");
        tensors = File.Exists(stored) ? Safetensors.Read(stored) : null;
    }

    public string FullPath { get; }

    /// <summary>The file's name without its extension, such as <c>unet</c>.</summary>
    public string Name => Path.GetFileNameWithoutExtension(FullPath);

    public string Folder => Path.GetDirectoryName(FullPath)!;

    /// <summary>The model that the file is about: the folder around <c>fixtures/</c>.</summary>
    public ModelFolder Model => ModelFolder.At(Path.GetDirectoryName(Folder)!);

    public JsonElement Root { get; }

    public JsonElement Meta => Root.GetProperty("meta");

    public IEnumerable<string> Names => tensors is null ? [] : tensors.Keys;

    public bool Has(string name) => tensors?.ContainsKey(name) ?? false;

    /// <summary>A stored tensor where the networks compute, in the caller's dispose scope.</summary>
    public Tensor this[string name] =>
        Has(name) ? tensors![name].ToTensor().to(Compute.Device) : throw new KeyNotFoundException($"{FullPath} holds no tensor {name}.");

    /// <summary>What stands between a prefix and a suffix in the stored names, each once: the cases <c>a</c> of <c>out.a</c>.</summary>
    public IReadOnlyList<string> Between(string prefix, string suffix) =>
    [
        .. Names
            .Where(name => name.Length > prefix.Length + suffix.Length)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(name => name[prefix.Length..^suffix.Length])
            .Distinct(),
    ];

    /// <summary>Compares with the stored tensor of this name, within its <c>atol</c>.</summary>
    public Comparison Compare(string name, Tensor actual) => Compare(name, actual, this[name], Tolerance(name));

    /// <summary>Compares with a tensor that is only a part of a stored one.</summary>
    /// <param name="name">The name in the report.</param>
    /// <param name="actual">The port's.</param>
    /// <param name="expected">The reference's.</param>
    /// <param name="tolerance">Largest absolute difference; null for the rule of single functions.</param>
    public Comparison Compare(string name, Tensor actual, Tensor expected, double? tolerance)
    {
        using var scope = NewDisposeScope();
        if (!actual.shape.SequenceEqual(expected.shape))
            return new Comparison(
                name, double.PositiveInfinity, 0, $"shape [{string.Join(", ", actual.shape)}], not [{string.Join(", ", expected.shape)}]");
        if (expected.numel() == 0)
            return new Comparison(name, 0, 0);
        var reference = expected.detach().cpu().to(ScalarType.Float64);
        double error = (actual.detach().cpu().to(ScalarType.Float64) - reference).abs().max().ToDouble();
        bool exact = !expected.is_floating_point();
        return new Comparison(name, error, tolerance ?? (exact ? 0 : FunctionTolerance * reference.abs().max().ToDouble()));
    }

    private double? Tolerance(string name) =>
        Root.TryGetProperty("tensors", out var all) && all.TryGetProperty(name, out var one) && one.TryGetProperty("atol", out var atol)
            ? atol.GetDouble()
            : null;
}
