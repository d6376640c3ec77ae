using System.Security.Cryptography;

namespace DreamTime.Diffusion;

/// <summary>The user's own copy of TorchSharp's bridge, which does not insist on a version that it has no use for.</summary>
internal static class PrivateBridge
{
    private const string UnusedVersion = "GLIBCXX_3.4.32";
    private const int HashDigits = 16;

    /// <summary>Loads a copy of the bridge, made now or by an earlier run. Zero where that does not help.</summary>
    public static nint TryLoad(string original)
    {
        byte[] image = File.ReadAllBytes(original);
        return ElfVersionNeed.TryWeaken(image, UnusedVersion) ? TryLoadKept(Path.GetFileName(original), image) ?? LoadOnce(image) : 0;
    }

    /// <summary>From the user's data folder; null where there is none that can be written.</summary>
    private static nint? TryLoadKept(string name, byte[] image)
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (!Path.IsPathRooted(data))
            return null;
        string kept = Path.Combine(data, "dreamtime", "native", Convert.ToHexStringLower(SHA256.HashData(image))[..HashDigits], name);
        try
        {
            if (!File.Exists(kept) || !File.ReadAllBytes(kept).AsSpan().SequenceEqual(image))
                AtomicFile.Write(kept, stream => stream.Write(image));
            return LibraryFile.TryLoad(kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LibraryFile.Note($"{kept}: {e.Message}");
            return null;
        }
    }

    /// <summary>From a temporary folder of this process, which can go as soon as the library is mapped.</summary>
    private static nint LoadOnce(byte[] image)
    {
        string temporary = Directory.CreateTempSubdirectory("dreamtime-").FullName;
        try
        {
            string path = Path.Combine(temporary, "libLibTorchSharp.so");
            File.WriteAllBytes(path, image);
            return LibraryFile.TryLoad(path);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}
