using System.Reflection;

namespace DreamTime.Renderers.Cuda;

/// <summary>The compiled kernels: for each source file, one text of PTX for each architecture that it was compiled for.</summary>
public sealed class PtxModules
{
    private readonly Func<string, byte[]?> _read;

    private PtxModules(Func<string, byte[]?> read) => _read = read;

    /// <summary>Architectures, as major * 10 + minor, best first. Not every module has a text for each: 80 is for what only tensor cores do.</summary>
    public static IReadOnlyList<int> Architectures { get; } = [90, 80, 75];

    /// <summary>Those in this assembly.</summary>
    public static PtxModules Embedded { get; } = new(name =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
            return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>Those in a folder, under the same names: to try other kernels on a machine without a compiler for .NET.</summary>
    public static PtxModules In(string folder) => new(name =>
        Path.Combine(folder, name) is var path && File.Exists(path) ? File.ReadAllBytes(path) : Embedded._read(name));

    /// <summary>The best text for a device.</summary>
    /// <param name="module">The source file's name, without its ending.</param>
    /// <param name="capability">The device's compute capability, as major * 10 + minor.</param>
    /// <exception cref="CudaException">The device is older than every text, or there is no such module.</exception>
    public (byte[] Text, int Architecture) Find(string module, int capability) => FindAll(module, capability)[0];

    /// <summary>All texts that a device can run, the best first: a driver may be too old for the newest.</summary>
    /// <exception cref="CudaException">The device is older than every text, or there is no such module.</exception>
    internal IReadOnlyList<(byte[] Text, int Architecture)> FindAll(string module, int capability)
    {
        List<(byte[], int)> found = [];
        foreach (var architecture in Architectures.Where(a => a <= capability))
            if (_read($"{module}.sm_{architecture}.ptx") is { } text)
                found.Add((text, architecture));
        if (found.Count > 0)
            return found;
        throw new CudaException(capability < Architectures[^1]
            ? $"The GPU has compute capability {capability / 10}.{capability % 10}; the kernels need {Architectures[^1] / 10}.{Architectures[^1] % 10} or newer."
            : $"There are no kernels named {module}.");
    }
}
