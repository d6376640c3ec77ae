using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace DreamTime.Diffusion;

/// <summary>
/// Loads libtorch and TorchSharp's native bridge, in programs, tests and <c>dotnet fsi</c> alike, and says why where that fails.
/// </summary>
/// <remarks>
/// <para>The bridge of TorchSharp 0.107 asks for GLIBCXX_3.4.32 (GCC 13), of which it uses no symbol; Debian 12 and Ubuntu 22.04 have
/// 3.4.30 and refuse to load it. There a private copy which asks for that version weakly is loaded instead. Where the usual search
/// succeeds, nothing here interferes.</para>
/// <para>The environment variable <c>DREAMTIME_LIBTORCH</c> names a folder with libtorch 2.10 (such as <c>torch/lib</c> of a Python
/// installation) that takes precedence over every other copy.</para>
/// </remarks>
public static class NativeLibtorch
{
    /// <summary>The environment variable that names the folder of the libtorch to use.</summary>
    public const string FolderVariable = "DREAMTIME_LIBTORCH";

    private const string Bridge = "LibTorchSharp";
    internal const string LibtorchVersion = "2.10.0";

    private static readonly Lock Gate = new();
    private static readonly Lazy<CudaStatus> cuda = new(LookForCuda);
    private static volatile bool loaded;
    private static bool torchIsLoaded;
    private static nint bridge;
    private static string? folder;

    /// <summary>The folder libtorch was loaded from, or null while the runtime's own search found it.</summary>
    public static string? Folder => folder;

    /// <summary>Whether libtorch computes on an NVIDIA GPU here, what was found, and what to do; looked at once.</summary>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded at all.</exception>
    public static CudaStatus Cuda => cuda.Value;

    private static string? NamedFolder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : null;

    private static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version is { } version ? version.ToString(3) : "";

    /// <summary>Loads the native libraries; a second call does nothing. Call it first in scripts that use TorchSharp types themselves.</summary>
    /// <exception cref="DllNotFoundException">They cannot be loaded; the message holds the dynamic linker's own reason and a way out.</exception>
    public static void Load()
    {
        if (loaded)
            return;
        lock (Gate)
        {
            if (NamedFolder is string named && !torchIsLoaded && !TryLoadTorch(named))
                throw new DllNotFoundException($"{FolderVariable} is '{named}'. {Explanation()}");
        }
        // Asked here first: where TorchSharp itself fails, it copies 480 MB and reports a missing package.
        if (!NativeLibrary.TryLoad(Bridge, typeof(torch).Assembly, null, out _))
            throw new DllNotFoundException(Explanation());
        torch.InitializeDeviceType(DeviceType.CPU);
        loaded = true;
    }

    [ModuleInitializer]
    internal static void Register()
    {
        var context = AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += (assembly, name) => assembly == typeof(torch).Assembly ? Resolve(name) : 0;
        // A wrong folder is reported by Load: an exception here would only surface wrapped in a TypeInitializationException.
        if (NamedFolder is string named)
            TryLoadTorch(named);
    }

    /// <summary>Called by the runtime when its own search for a library of TorchSharp has failed.</summary>
    private static nint Resolve(string name)
    {
        lock (Gate)
        {
            if (name is not (Bridge or "torch_cpu"))
                return 0;
            string package = "libtorch-cpu-" + LibraryFile.RuntimeIdentifier;
            bool torchIsThere = torchIsLoaded
                || NamedFolder is null && LibraryFolders.Holding("torch_cpu", package, LibtorchVersion).Any(TryLoadTorch);
            if (torchIsThere && name == Bridge && bridge == 0)
                bridge = LibraryFolders.Holding(Bridge, "torchsharp", TorchSharpVersion)
                    .Select(f => TryLoadBridge(Path.Combine(f, LibraryFile.Name(Bridge))))
                    .FirstOrDefault(handle => handle != 0);
            return name == Bridge ? bridge : 0;
        }
    }

    private static CudaStatus LookForCuda()
    {
        Load();
        return CudaStatus.Look(
            folder is null ? [.. LibraryFolders.SearchedFirst.Where(f => f.Length > 0).Distinct()] : [folder],
            candidate => File.Exists(Path.Combine(candidate, LibraryFile.Name("torch_cuda"))),
            () => NativeLibrary.TryLoad(CudaStatus.DriverFile, out _),
            () => torch.cuda.is_available() ? torch.cuda.device_count() : 0);
    }

    /// <summary>Loads libtorch by absolute path. The bridge's dependencies are then met by their sonames, wherever the bridge itself lies.</summary>
    private static bool TryLoadTorch(string candidate)
    {
        string[] required = ["c10", "torch_cpu", "torch"];
        string[] inOrder = ["c10", "c10_cuda", "torch_cpu", "torch_cuda", "torch"];
        var files = inOrder.Select(n => (Required: required.Contains(n), Path: Path.GetFullPath(Path.Combine(candidate, LibraryFile.Name(n)))));
        torchIsLoaded = files.Where(f => f.Required || File.Exists(f.Path)).All(f => TryLoadInPlaceOfOthers(f.Path));
        if (torchIsLoaded)
            folder = Path.GetFullPath(candidate);
        return torchIsLoaded;
    }

    private static bool TryLoadInPlaceOfOthers(string path)
    {
        nint handle = LibraryFile.TryLoad(path);
        string? other = LibraryFolders.SearchedFirst.Select(f => Path.Combine(f, Path.GetFileName(path))).FirstOrDefault(File.Exists);
        if (handle == 0 || other is null || other == path || LoadedLibrary.TryStandInFor(handle, path, other))
            return handle != 0;
        LibraryFile.Note($"{path}: cannot be used while {other} exists; remove that copy");
        return false;
    }

    private static nint TryLoadBridge(string path)
    {
        nint handle = LibraryFile.TryLoad(path);
        return handle == 0 && OperatingSystem.IsLinux() ? PrivateBridge.TryLoad(path) : handle;
    }

    private static string Explanation()
    {
        var reasons = LibraryFile.Failures;
        string advice = reasons.Any(r => r.Contains("GLIBC", StringComparison.Ordinal))
            ? "This system's C or C++ library is too old: glibc 2.34 and libstdc++ 12 (Debian 12, Ubuntu 22.04) or newer are needed."
            : $"Reference the package libtorch-cpu-{LibraryFile.RuntimeIdentifier} {LibtorchVersion} in the program, "
                + $"or let {FolderVariable} name a folder with libtorch {LibtorchVersion}.";
        return $"libtorch {LibtorchVersion} and TorchSharp {TorchSharpVersion} could not be loaded.\n"
            + string.Concat(reasons.Select(r => $"  {r}\n")) + advice;
    }
}
