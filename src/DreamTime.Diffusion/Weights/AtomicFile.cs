namespace DreamTime.Diffusion;

/// <summary>Files that appear complete or not at all: written beside their place, flushed to the disk, renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Creates or replaces a file, and its folder where that is missing.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
