using System.Runtime.InteropServices;

namespace DreamTime.Diffusion;

/// <summary>Native library files: what they are called here, and loading them, with the reason kept where that fails.</summary>
internal static class LibraryFile
{
    private static readonly List<string> Reasons = [];

    /// <summary>Why libraries could not be loaded so far, each reason once.</summary>
    public static IReadOnlyList<string> Failures
    {
        get
        {
            lock (Reasons)
                return [.. Reasons.Distinct()];
        }
    }

    public static string RuntimeIdentifier =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    public static string Name(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    public static nint TryLoad(string path)
    {
        try
        {
            return NativeLibrary.Load(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // The runtime wraps the dynamic linker's message in general advice; the linker's line names the file.
            string reason = (e.Message.Split('\n').LastOrDefault(line => line.Contains(".so", StringComparison.Ordinal)) ?? e.Message).Trim();
            Note(reason.Contains(path, StringComparison.Ordinal) ? reason : $"{path}: {reason}");
            return 0;
        }
    }

    public static void Note(string failure)
    {
        lock (Reasons)
            Reasons.Add(failure);
    }
}
