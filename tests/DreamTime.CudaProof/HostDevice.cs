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
    /// <param name="compiler">From <see cref="HostCompiler.Find"/>.</param>
    public HostDevice(string sources, string compiler) => (_sources, _compiler) = (sources, compiler);

    /// <inheritdoc/>
    public string Name => "host";

    /// <inheritdoc/>
    public bool HasHostMemory => true;

    /// <inheritdoc/>
    public nint Allocate(long bytes)
    {
        var address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        Fill(address, 0, bytes);
        return address;
    }

    /// <inheritdoc/>
    public void Free(nint address) => NativeMemory.AlignedFree((void*)address);

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> from, nint to) where T : unmanaged => from.CopyTo(new Span<T>((void*)to, from.Length));

    /// <inheritdoc/>
    public void Download<T>(nint from, Span<T> to) where T : unmanaged => new ReadOnlySpan<T>((void*)from, to.Length).CopyTo(to);

    /// <inheritdoc/>
    public void Fill(nint address, byte value, long bytes) => NativeMemory.Fill((void*)address, (nuint)bytes, value);

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
        HostCompiler.Compile(_compiler, Path.Combine(_sources, name + ".cu"), library);
        var module = NativeLibrary.Load(library);
        _modules.Add(name, module);
        return module;
    }
}
