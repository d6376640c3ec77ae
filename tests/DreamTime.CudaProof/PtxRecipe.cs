using System.Diagnostics;

namespace DreamTime.CudaProof;

/// <summary>How a text of PTX is made from its source.</summary>
/// <param name="Module">The source file's name, without its ending.</param>
/// <param name="Architecture">Compute capability, as major * 10 + minor.</param>
public sealed record PtxRecipe(string Module, int Architecture)
{
    private const string TensorCores = "mlp_tensor";

    // A line of the image must be exactly the other way round for who exchanges its points: fused products are not.
    private static readonly string[] Unfused = ["dmtet_raster", "dmtet_edges", "dmtet_points"];

    /// <summary>The compiler whose text is committed.</summary>
    public const string Compiler = "clang-19";

    /// <summary>All of them: each source for the oldest architecture and for Hopper, and what needs tensor cores for the first that has them in single precision.</summary>
    /// <param name="kernels">The folder of the sources.</param>
    public static IReadOnlyList<PtxRecipe> All(string kernels) =>
    [
        .. Directory.EnumerateFiles(kernels, "*.cu").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
            .SelectMany(module => (module == TensorCores ? [80] : (int[])[75, 90]).Select(architecture => new PtxRecipe(module, architecture))),
    ];

    /// <summary>The file's name.</summary>
    public string File => $"{Module}.sm_{Architecture}.ptx";

    /// <summary>Compiles all of them into the folder beside the sources.</summary>
    /// <exception cref="InvalidOperationException">The compiler is not there, or refuses; the message has its words.</exception>
    public static void CompileAll(string project)
    {
        var kernels = Path.Combine(project, "Kernels");
        foreach (var recipe in All(kernels))
        {
            var start = new ProcessStartInfo(Compiler, recipe.Arguments(kernels, Path.Combine(project, "Ptx", recipe.File))) { RedirectStandardError = true };
            using var compilation = Process.Start(start) ?? throw new InvalidOperationException($"{Compiler} did not start.");
            var words = compilation.StandardError.ReadToEnd();
            compilation.WaitForExit();
            if (compilation.ExitCode != 0)
                throw new InvalidOperationException($"{Compiler} did not compile {recipe.File}:\n{words}");
        }
    }

    /// <summary>Of a file such as <c>encode.sm_90.ptx</c>.</summary>
    /// <exception cref="ArgumentException">It has another name.</exception>
    public static PtxRecipe Of(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Split('.') is [var module, ['s', 'm', '_', .. var number], "ptx"] && int.TryParse(number, out var architecture)
            ? new(module, architecture)
            : throw new ArgumentException($"'{file}' is not named like encode.sm_90.ptx.", nameof(file));
    }

    /// <summary>What clang 19 is called with.</summary>
    /// <param name="kernels">The folder of the sources.</param>
    /// <param name="output">The file to write, or <c>-</c>.</param>
    public IEnumerable<string> Arguments(string kernels, string output) =>
    [
        "-x", "cuda", "--cuda-device-only", $"--cuda-gpu-arch=sm_{Architecture}", "-nocudainc", "-nocudalib",
        $"--cuda-feature=+ptx{(Architecture >= 90 ? 83 : Architecture >= 80 ? 70 : 63)}", "-O3", .. Unfused.Contains(Module) ? (string[])["-ffp-contract=off"] : [], "-S", Path.Combine(kernels, Module + ".cu"), "-o", output,
    ];
}
