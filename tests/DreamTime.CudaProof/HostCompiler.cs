using System.Diagnostics;

namespace DreamTime.CudaProof;

/// <summary>A clang that compiles kernels for this processor.</summary>
public static class HostCompiler
{
    /// <summary>Its name on this machine, or null.</summary>
    public static string? Find() => ((string[])["clang++-19", "clang++", "clang++-16", "clang++-14"]).FirstOrDefault(name =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name))));

    /// <summary>Compiles a source as C++ into a library.</summary>
    /// <param name="compiler">From <see cref="Find"/>.</param>
    /// <param name="source">The file.</param>
    /// <param name="library">The file it becomes.</param>
    /// <param name="more">Further arguments.</param>
    /// <exception cref="InvalidOperationException">It does not compile; the compiler's words are in the message.</exception>
    public static void Compile(string compiler, string source, string library, params string[] more)
    {
        var start = new ProcessStartInfo(compiler) { RedirectStandardError = true };
        // Contraction to fused multiply-adds is off, so that only what asks for them has them.
        foreach (var argument in (string[])["-x", "c++", "-std=c++17", "-O2", "-ffp-contract=off", "-shared", "-fPIC", source, "-o", library, .. more])
            start.ArgumentList.Add(argument);
        using var compilation = Process.Start(start) ?? throw new InvalidOperationException($"{compiler} did not start.");
        var words = compilation.StandardError.ReadToEnd();
        compilation.WaitForExit();
        if (compilation.ExitCode != 0)
            throw new InvalidOperationException($"{compiler} did not compile {Path.GetFileName(source)} for this processor:\n{words}");
    }
}
