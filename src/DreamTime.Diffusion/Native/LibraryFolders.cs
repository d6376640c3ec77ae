using TorchSharp;

namespace DreamTime.Diffusion;

/// <summary>Where native libraries may lie: beside the program, beside TorchSharp, in NuGet's package folder.</summary>
internal static class LibraryFolders
{
    /// <summary>Where the runtime itself looks for TorchSharp's libraries.</summary>
    public static IEnumerable<string> SearchedFirst =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append(Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? "");

    private static string Packages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The folders, in order of preference, that hold a library.</summary>
    public static IReadOnlyList<string> Holding(string library, string package, string version)
    {
        string native = Path.Combine("runtimes", LibraryFile.RuntimeIdentifier, "native");
        string[] folders =
        [
            .. SearchedFirst
                .Append(Path.GetDirectoryName(typeof(LibraryFolders).Assembly.Location) ?? "")
                .Append(AppContext.BaseDirectory)
                .Where(f => f.Length > 0)
                .SelectMany(f => new[] { f, Path.Combine(f, native) })
                .Append(Path.Combine(Packages, package, version, native))
                .Select(Path.TrimEndingDirectorySeparator)
                .Distinct(),
        ];
        string[] holding = [.. folders.Where(f => File.Exists(Path.Combine(f, LibraryFile.Name(library))))];
        if (holding.Length == 0)
            LibraryFile.Note($"{LibraryFile.Name(library)} lies in none of these folders: {string.Join(", ", folders)}");
        return holding;
    }
}
