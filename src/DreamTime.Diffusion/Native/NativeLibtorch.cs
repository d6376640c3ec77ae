using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using TorchSharp;

namespace DreamTime.Diffusion;

/// <summary>
/// Loads libtorch and TorchSharp's native bridge, in programs, tests and <c>dotnet fsi</c> alike, and says why where that fails.
/// </summary>
/// <remarks>
/// <para>The bridge of TorchSharp 0.107 asks for GLIBCXX_3.4.32 (GCC 13), of which it uses no symbol; Debian 12 and Ubuntu 22.04 have 3.4.30 and refuse to
/// load it. There a private copy which asks for that version weakly is loaded instead. Where the usual search succeeds, nothing here interferes.</para>
/// <para>The environment variable <c>DREAMTIME_LIBTORCH</c> names a folder with libtorch 2.10 (such as <c>torch/lib</c> of a Python installation) that takes
/// precedence over every other copy.</para>
/// </remarks>
public static class NativeLibtorch
{
    /// <summary>The environment variable that names the folder of the libtorch to use.</summary>
    public const string FolderVariable = "DREAMTIME_LIBTORCH";

    private const string Bridge = "LibTorchSharp";
    private const string UnusedVersion = "GLIBCXX_3.4.32";
    private const string LibtorchVersion = "2.10.0";

    private static readonly Lock Gate = new();
    private static readonly List<string> Failures = [];
    private static bool torchIsLoaded;
    private static nint bridge;
    private static string? folder;

    /// <summary>The folder libtorch was loaded from, or null while the runtime's own search found it.</summary>
    public static string? Folder => folder;

    /// <summary>Loads the native libraries; a second call does nothing. Call it first in scripts that use TorchSharp types themselves.</summary>
    /// <exception cref="DllNotFoundException">They cannot be loaded; the message holds the dynamic linker's own reason and a way out.</exception>
    public static void Load()
    {
        PreferNamedFolder();
        if (!NativeLibrary.TryLoad(Bridge, typeof(torch).Assembly, null, out _))
            throw new DllNotFoundException(Explanation());
        torch.InitializeDeviceType(DeviceType.CPU);
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

    private static void PreferNamedFolder()
    {
        lock (Gate)
        {
            if (NamedFolder is string named && !torchIsLoaded && !TryLoadTorch(named))
                throw new DllNotFoundException($"{FolderVariable} is '{named}'. {Explanation()}");
        }
    }

    /// <summary>Called by the runtime when its own search for a library of TorchSharp has failed.</summary>
    private static nint Resolve(string name)
    {
        lock (Gate)
        {
            if (name is not (Bridge or "torch_cpu"))
                return 0;
            bool loaded = torchIsLoaded || NamedFolder is null && Holding("torch_cpu", "libtorch-cpu-" + RuntimeIdentifier, LibtorchVersion).Any(TryLoadTorch);
            if (!loaded || name != Bridge)
                return 0;
            if (bridge == 0)
                bridge = Holding(Bridge, "torchsharp", TorchSharpVersion).Select(f => TryLoadBridge(Path.Combine(f, FileName(Bridge)))).FirstOrDefault(h => h != 0);
            return bridge;
        }
    }

    /// <summary>Loads libtorch by absolute path. The bridge's dependencies are then met by their sonames, wherever the bridge itself lies.</summary>
    private static bool TryLoadTorch(string candidate)
    {
        string[] required = ["c10", "torch_cpu", "torch"];
        string[] inOrder = ["c10", "c10_cuda", "torch_cpu", "torch_cuda", "torch"];
        var present = inOrder.Where(n => required.Contains(n) || File.Exists(Path.Combine(candidate, FileName(n))));
        torchIsLoaded = present.All(n => TryLoadInPlaceOfOthers(Path.GetFullPath(Path.Combine(candidate, FileName(n)))));
        if (torchIsLoaded)
            folder = Path.GetFullPath(candidate);
        return torchIsLoaded;
    }

    private static bool TryLoadInPlaceOfOthers(string path)
    {
        nint handle = TryLoadFile(path);
        if (handle == 0 || SearchedFirst.Select(f => Path.Combine(f, Path.GetFileName(path))).FirstOrDefault(File.Exists) is not string other || other == path)
            return handle != 0;
        bool standsIn = LoadedLibrary.TryStandInFor(handle, path, other);
        if (!standsIn)
            Note($"{path}: cannot be used while {other} exists; remove that copy");
        return standsIn;
    }

    private static nint TryLoadBridge(string path)
    {
        nint handle = TryLoadFile(path);
        if (handle != 0 || !OperatingSystem.IsLinux())
            return handle;
        byte[] image = File.ReadAllBytes(path);
        return ElfVersionNeed.TryWeaken(image, UnusedVersion) ? TryLoadPrivateCopy(image) : 0;
    }

    private static nint TryLoadPrivateCopy(byte[] image)
    {
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (Path.IsPathRooted(local))
        {
            try
            {
                string kept = Path.Combine(local, "dreamtime", "native", Convert.ToHexStringLower(SHA256.HashData(image))[..16], FileName(Bridge));
                if (!File.Exists(kept) || !File.ReadAllBytes(kept).AsSpan().SequenceEqual(image))
                    AtomicFile.Write(kept, stream => stream.Write(image));
                return TryLoadFile(kept);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Note($"{local}: {e.Message}");
            }
        }
        string temporary = Directory.CreateTempSubdirectory("dreamtime-").FullName;
        try
        {
            string path = Path.Combine(temporary, FileName(Bridge));
            File.WriteAllBytes(path, image);
            return TryLoadFile(path);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static nint TryLoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // The runtime wraps the dynamic linker's message in general advice; the linker's line names the path.
            string reason = e.Message.Split('\n').LastOrDefault(line => line.Contains(".so", StringComparison.Ordinal)) ?? e.Message;
            Note(reason.Contains(path, StringComparison.Ordinal) ? reason.Trim() : $"{path}: {reason.Trim()}");
            return 0;
        }
    }

    /// <summary>The folders, in order of preference, that hold a library.</summary>
    private static List<string> Holding(string library, string package, string version)
    {
        string native = Path.Combine("runtimes", RuntimeIdentifier, "native");
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var folders = SearchedFirst
            .Append(Path.GetDirectoryName(typeof(NativeLibtorch).Assembly.Location) ?? "")
            .Append(AppContext.BaseDirectory)
            .Where(f => f.Length > 0)
            .SelectMany(f => new[] { f, Path.Combine(f, native) })
            .Append(Path.Combine(packages, package, version, native))
            .Select(Path.TrimEndingDirectorySeparator)
            .Distinct()
            .ToList();
        var holding = folders.Where(f => File.Exists(Path.Combine(f, FileName(library)))).ToList();
        if (holding.Count == 0)
            Note($"{FileName(library)} lies in none of these folders: {string.Join(", ", folders)}");
        return holding;
    }

    /// <summary>Where the runtime itself looks for TorchSharp's libraries.</summary>
    private static IEnumerable<string> SearchedFirst =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append(Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? "");

    private static string? NamedFolder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : null;

    private static string Explanation()
    {
        string[] reasons = Failures.Distinct().ToArray();
        string advice = reasons.Any(r => r.Contains("GLIBC", StringComparison.Ordinal))
            ? "This system's C or C++ library is too old: glibc 2.34 and libstdc++ 12 (Debian 12, Ubuntu 22.04) or newer are needed."
            : $"Reference the package libtorch-cpu-{RuntimeIdentifier} {LibtorchVersion} in the program, or let {FolderVariable} name a folder with libtorch {LibtorchVersion}.";
        return $"libtorch {LibtorchVersion} and TorchSharp {TorchSharpVersion} could not be loaded.\n{string.Concat(reasons.Select(r => $"  {r}\n"))}{advice}";
    }

    private static void Note(string failure) => Failures.Add(failure);

    private static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version is { } v ? v.ToString(3) : "";

    private static string RuntimeIdentifier =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
