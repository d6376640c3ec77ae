namespace DreamTime.Renderers.Cuda;

/// <summary>
/// A device that runs kernels: a GPU through its driver, or a processor that runs the same source compiled for it. Work is done in the order it is asked for.
/// Not safe for use from several threads at once.
/// </summary>
public interface IKernelDevice : IDisposable
{
    /// <summary>What it is, such as <c>NVIDIA H200</c>.</summary>
    string Name { get; }

    /// <summary>Whether it multiplies small matrices in tf32, as GPUs do from compute capability 8.0 on.</summary>
    bool HasTensorCores => false;

    /// <summary>Whether its addresses are the processor's own.</summary>
    bool HasHostMemory => false;

    /// <summary>Memory on the device, all zeros, at a multiple of 256 bytes.</summary>
    /// <param name="bytes">At least 1.</param>
    nint Allocate(long bytes);

    /// <summary>Gives memory back, when all work asked for before is done with it.</summary>
    void Free(nint address);

    /// <summary>Copies to the device.</summary>
    void Upload<T>(ReadOnlySpan<T> from, nint to) where T : unmanaged;

    /// <summary>Copies from the device, after all work asked for before.</summary>
    void Download<T>(nint from, Span<T> to) where T : unmanaged;

    /// <summary>Writes zeros.</summary>
    void Clear(nint address, long bytes) => Fill(address, 0, bytes);

    /// <summary>Writes the same byte everywhere.</summary>
    void Fill(nint address, byte value, long bytes);

    /// <summary>Asks for a kernel to be run on so many blocks of threads; returns at once.</summary>
    /// <param name="kernel">Which one.</param>
    /// <param name="blocks">Blocks, at least 1.</param>
    /// <param name="arguments">In the kernel's order; addresses are of this device's memory.</param>
    void Launch(Kernel kernel, int blocks, params ReadOnlySpan<KernelArgument> arguments);

    /// <summary>Waits for all work asked for.</summary>
    void Synchronize();
}
