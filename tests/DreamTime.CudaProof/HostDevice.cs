using System.Diagnostics;
using System.Runtime.InteropServices;
using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>This processor, running the kernels' own source: clang compiles it as C++, and a block's threads take turns.</summary>
public sealed unsafe class HostDevice : IKernelDevice
{
    private const int Alignment = 256;

    private readonly string _sources;
    private readonly string _compiler;
    private readonly string _libraries = Directory.CreateTempSubdirectory("dreamtime-kernels-").FullName;
    private readonly Dictionary<string, nint> _modules = [];
    private readonly Dictionary<Kernel, nint> _functions = [];

    /// <summary>Compiles kernels of a folder when they are first launched.</summary>
    /// <param name="sources">The folder of the <c>.cu</c> files.</param>
    /// <param name="compiler">From <see cref="FindCompiler"/>.</param>
    public HostDevice(string sources, string compiler) => (_sources, _compiler) = (sources, compiler);

    /// <inheritdoc/>
    public string Name => "host";

    /// <inheritdoc/>
    public bool HasHostMemory => true;

    /// <summary>The name of a clang for C++ on this machine, or null.</summary>
    public static string? FindCompiler() => ((string[])["clang++-19", "clang++", "clang++-16", "clang++-14"]).FirstOrDefault(name =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name))));

    /// <inheritdoc/>
    public nint Allocate(long bytes)
    {
        var address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        Clear(address, bytes);
        return address;
    }

    /// <inheritdoc/>
    public void Free(nint address) => NativeMemory.AlignedFree((void*)address);

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> from, nint to) where T : unmanaged => from.CopyTo(new Span<T>((void*)to, from.Length));

    /// <inheritdoc/>
    public void Download<T>(nint from, Span<T> to) where T : unmanaged => new ReadOnlySpan<T>((void*)from, to.Length).CopyTo(to);

    /// <inheritdoc/>
    public void Clear(nint address, long bytes) => NativeMemory.Clear((void*)address, (nuint)bytes);

    /// <inheritdoc/>
    public void Launch(Kernel kernel, int blocks, params ReadOnlySpan<KernelArgument> arguments)
    {
        var slots = stackalloc ulong[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
            slots[i] = arguments[i].Bits;
        if (!_functions.TryGetValue(kernel, out var function))
            _functions.Add(kernel, function = NativeLibrary.GetExport(Module(kernel.Module), "host_" + kernel.Name));
        ((delegate* unmanaged<ulong*, uint, uint, void>)function)(slots, (uint)blocks, (uint)kernel.Threads);
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
        // A launch returns when it is done.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var module in _modules.Values)
            NativeLibrary.Free(module);
        _modules.Clear();
        _functions.Clear();
        if (Directory.Exists(_libraries))
            Directory.Delete(_libraries, recursive: true);
    }

    private nint Module(string name)
    {
        if (_modules.TryGetValue(name, out var known))
            return known;
        var library = Path.Combine(_libraries, name + ".so");
        var start = new ProcessStartInfo(_compiler) { RedirectStandardError = true };
        // Contraction to fused multiply-adds is off, so that only what asks for them has them.
        foreach (var argument in (string[])["-x", "c++", "-std=c++17", "-O2", "-ffp-contract=off", "-shared", "-fPIC", Path.Combine(_sources, name + ".cu"), "-o", library])
            start.ArgumentList.Add(argument);
        using var compilation = Process.Start(start) ?? throw new InvalidOperationException($"{_compiler} did not start.");
        var words = compilation.StandardError.ReadToEnd();
        compilation.WaitForExit();
        if (compilation.ExitCode != 0)
            throw new InvalidOperationException($"{_compiler} did not compile {name}.cu for this processor:\n{words}");
        var module = NativeLibrary.Load(library);
        _modules.Add(name, module);
        return module;
    }
}
