using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace DreamTime.Diffusion;

/// <summary>
/// A file's bytes, read by the operating system when they are touched: gigabytes of weights cost no memory of their own. The file must not be shortened meanwhile.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedViewAccessor? view;
    private readonly UnmanagedMemoryStream? resource;
    private readonly byte* start;
    private bool disposed;

    /// <summary>Maps a file, or a resource of an assembly, which is mapped already.</summary>
    /// <param name="stream">The opened file, not empty; taken over.</param>
    public MappedFile(Stream stream)
    {
        Length = stream.Length;
        if (stream is UnmanagedMemoryStream memory)
        {
            resource = memory;
            start = memory.PositionPointer - memory.Position;
            return;
        }
        if (stream is not FileStream file)
            throw new ArgumentException($"A {stream.GetType().Name} cannot be mapped; a file can.", nameof(stream));
        using var mapping = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
    }

    public long Length { get; }

    /// <summary>A part of the bytes. They can be read until this object is disposed, and say so afterwards.</summary>
    public ReadOnlyMemory<byte> Slice(long begin, int length) => new Part(this, begin, length).Memory;

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        resource?.Dispose();
    }

    private sealed class Part(MappedFile file, long begin, int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(file.disposed, file);
            return new Span<byte>(file.start + begin, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(file.disposed, file);
            return new MemoryHandle(file.start + begin + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
