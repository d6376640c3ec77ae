namespace DreamTime.Renderers;

/// <summary>Writes files that are there as a whole or not at all: a reader, a crash or a full disk never leaves a half-written one.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file by way of a temporary one in the same folder, which is flushed to the disk and then renamed. An older file stays until then, and stays for
    /// good where writing fails.
    /// </summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes the content to a seekable stream.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">The disk is full, or the path names a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target) ?? throw new IOException($"'{path}' names a folder where a file is expected.");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' of '{path}' does not exist.");
        if (Directory.Exists(target))
            throw new IOException($"'{path}' is a folder where a file is expected.");

        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
