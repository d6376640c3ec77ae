using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Reads and writes the safetensors format: 8 bytes of length, a JSON header, then the tensors' bytes without gaps.
/// A file is checked in full before a tensor is made of it.
/// </summary>
public static class Safetensors
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors by name.</returns>
    /// <exception cref="InvalidDataException">It breaks the format, or is a pickle; the message says where and what would be right.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Pickle.HasExtension(path))
            throw new InvalidDataException(Pickle.Refusal(path));
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads a file from a stream, from its position to its end.</summary>
    /// <param name="stream">The file's bytes; left open.</param>
    /// <returns>Its tensors by name.</returns>
    /// <exception cref="InvalidDataException">It breaks the format; the message says where and what would be right.</exception>
    public static SafetensorsFile Read(Stream stream) => Read(stream, "The stream");

    internal static SafetensorsFile Read(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            // The length must be known before a header's claims can be judged.
            using var whole = new MemoryStream();
            stream.CopyTo(whole);
            whole.Position = 0;
            return Read(whole, file);
        }
        var header = SafetensorsHeader.Read(stream, stream.Length - stream.Position, file);
        var tensors = new SortedDictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        foreach (var span in header.Spans)
        {
            byte[] bytes = new byte[span.End - span.Begin];
            stream.ReadExactly(bytes);
            tensors.Add(span.Name, new SafetensorsEntry(span.Name, span.Dtype, span.Shape, bytes));
        }
        return new SafetensorsFile(tensors, header.Metadata);
    }

    /// <summary>Writes tensors to a file: the same tensors give the same bytes. The file appears complete or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="tensors">
    /// Tensors by name, on any device: of floating type, which are stored as <paramref name="dtype"/>, or int64, int32, uint8.
    /// </param>
    /// <param name="dtype">How floating-point tensors are stored: F32 or F16, rounded to nearest.</param>
    /// <param name="metadata">Strings to store beside the tensors.</param>
    /// <exception cref="ArgumentException">A tensor has another type, or a value beyond F16's range; the message names it.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> tensors, SafetensorsDtype dtype = SafetensorsDtype.F32,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, tensors, dtype, metadata));
    }

    /// <summary>Writes tensors to a stream.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyDictionary{string, Tensor}, SafetensorsDtype, IReadOnlyDictionary{string, string})"/>
    /// <param name="stream">Where to write; left open.</param>
    /// <param name="tensors"/><param name="dtype"/><param name="metadata"/>
    public static void Write(
        Stream stream, IReadOnlyDictionary<string, Tensor> tensors, SafetensorsDtype dtype = SafetensorsDtype.F32,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafetensorsWriter.Write(stream, tensors, dtype, metadata);
    }
}
