using System.Runtime.InteropServices;
using System.Text;

namespace DreamTime.Renderers.Cuda;

/// <summary>
/// An NVIDIA GPU through its driver, in the device's primary context and on its default stream: there, memory and order are shared with libtorch.
/// </summary>
public sealed unsafe class CudaDevice : IKernelDevice
{
    private const int LogBytes = 1 << 14, UnsupportedPtxVersion = 222;

    private readonly PtxModules _kernels;
    private readonly Dictionary<string, nint> _modules = [];
    private readonly Dictionary<Kernel, nint> _functions = [];
    private readonly int _device;
    private readonly nint _context;
    private readonly CudaMemoryPool _memory;
    private bool _disposed;

    /// <summary>Begins to use a GPU.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <param name="kernels">What it runs; null for the embedded ones.</param>
    /// <exception cref="CudaException">There is no driver or no such GPU, or it refuses; the message says which.</exception>
    public CudaDevice(int index = 0, PtxModules? kernels = null)
    {
        var all = CudaDeviceInfo.All();
        Info = (uint)index < (uint)all.Count
            ? all[index]
            : throw new CudaException($"There is no GPU {index}: the driver sees {all.Count}, numbered from 0.");
        _kernels = kernels ?? PtxModules.Embedded;
        int device;
        CudaDriver.Check(CudaDriver.cuDeviceGet(&device, index), "cuDeviceGet");
        _device = device;
        nint context;
        CudaDriver.Check(CudaDriver.cuDevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
        _context = context;
        Enter();
        _memory = new CudaMemoryPool(device);
    }

    /// <summary>What is known of the GPU.</summary>
    public CudaDeviceInfo Info { get; }

    /// <inheritdoc/>
    public string Name => Info.Name;

    /// <inheritdoc/>
    public bool HasTensorCores => Info.Capability >= 80;

    /// <inheritdoc/>
    public nint Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Enter();
        var address = _memory.Allocate(bytes);
        Fill(address, 0, bytes);
        return address;
    }

    /// <inheritdoc/>
    public void Free(nint address)
    {
        // Memory that outlives its device is gone with the context.
        if (_disposed)
            return;
        Enter();
        _memory.Free(address);
    }

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> from, nint to) where T : unmanaged
    {
        Enter();
        fixed (T* source = from)
            CudaDriver.Check(CudaDriver.cuMemcpyHtoD_v2(to, source, (nuint)((long)from.Length * sizeof(T))), "cuMemcpyHtoD");
    }

    /// <inheritdoc/>
    public void Download<T>(nint from, Span<T> to) where T : unmanaged
    {
        Enter();
        fixed (T* target = to)
            CudaDriver.Check(CudaDriver.cuMemcpyDtoH_v2(target, from, (nuint)((long)to.Length * sizeof(T))), "cuMemcpyDtoH");
    }

    /// <inheritdoc/>
    public void Fill(nint address, byte value, long bytes)
    {
        Enter();
        CudaDriver.Check(CudaDriver.cuMemsetD8Async(address, value, (nuint)bytes, 0), "cuMemsetD8Async");
    }

    /// <inheritdoc/>
    public void Launch(Kernel kernel, int blocks, params ReadOnlySpan<KernelArgument> arguments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        Enter();
        var slots = stackalloc ulong[arguments.Length];
        var parameters = stackalloc void*[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            slots[i] = arguments[i].Bits;
            parameters[i] = slots + i;
        }

        CudaDriver.Check(
            CudaDriver.cuLaunchKernel(Function(kernel), (uint)blocks, 1, 1, (uint)kernel.Threads, 1, 1, 0, 0, parameters, null), "cuLaunchKernel", kernel.Name);
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
        Enter();
        CudaDriver.Check(CudaDriver.cuCtxSynchronize(), "cuCtxSynchronize");
    }

    /// <summary>How long the GPU works on what an action asks for, in milliseconds.</summary>
    public float Time(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Enter();
        nint from, to;
        CudaDriver.Check(CudaDriver.cuEventCreate(&from, 0), "cuEventCreate");
        CudaDriver.Check(CudaDriver.cuEventCreate(&to, 0), "cuEventCreate");
        CudaDriver.Check(CudaDriver.cuEventRecord(from, 0), "cuEventRecord");
        action();
        CudaDriver.Check(CudaDriver.cuEventRecord(to, 0), "cuEventRecord");
        CudaDriver.Check(CudaDriver.cuEventSynchronize(to), "cuEventSynchronize");
        float milliseconds;
        CudaDriver.Check(CudaDriver.cuEventElapsedTime(&milliseconds, from, to), "cuEventElapsedTime");
        CudaDriver.Check(CudaDriver.cuEventDestroy_v2(from), "cuEventDestroy");
        CudaDriver.Check(CudaDriver.cuEventDestroy_v2(to), "cuEventDestroy");
        return milliseconds;
    }

    /// <summary>What the driver made of a kernel: registers of a thread, and bytes of a thread that spilled to memory.</summary>
    public (int Registers, int LocalBytes) Resources(Kernel kernel)
    {
        Enter();
        int registers, local;
        var function = Function(kernel);
        CudaDriver.Check(CudaDriver.cuFuncGetAttribute(&registers, 4, function), "cuFuncGetAttribute");
        CudaDriver.Check(CudaDriver.cuFuncGetAttribute(&local, 3, function), "cuFuncGetAttribute");
        return (registers, local);
    }

    /// <summary>Unloads the kernels and lets the primary context go.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        Enter();
        foreach (var module in _modules.Values)
            CudaDriver.cuModuleUnload(module);
        _disposed = true;
        _memory.Dispose();
        CudaDriver.cuDevicePrimaryCtxRelease_v2(_device);
    }

    /// <summary>Makes the context this thread's own, unless it is already.</summary>
    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        nint current;
        CudaDriver.Check(CudaDriver.cuCtxGetCurrent(&current), "cuCtxGetCurrent");
        if (current != _context)
            CudaDriver.Check(CudaDriver.cuCtxSetCurrent(_context), "cuCtxSetCurrent");
    }

    private nint Function(Kernel kernel)
    {
        if (_functions.TryGetValue(kernel, out var known))
            return known;
        nint function;
        fixed (byte* name = Encoding.UTF8.GetBytes(kernel.Name + '\0'))
            CudaDriver.Check(CudaDriver.cuModuleGetFunction(&function, Module(kernel.Module), name), "cuModuleGetFunction", kernel.Name);
        _functions.Add(kernel, function);
        return function;
    }

    private nint Module(string name)
    {
        if (_modules.TryGetValue(name, out var known))
            return known;
        var log = stackalloc byte[LogBytes];
        nint module = 0;
        var (result, tried) = (UnsupportedPtxVersion, 0);
        foreach (var (text, architecture) in _kernels.FindAll(name, Info.Capability))
        {
            log[0] = 0;
            (result, tried) = (Compile(text, log, &module), architecture);
            if (result != UnsupportedPtxVersion)
                break;
        }

        CudaDriver.Check(result, $"cuModuleLoadDataEx of {name}.sm_{tried}", result == 0 ? null : Marshal.PtrToStringUTF8((nint)log));
        _modules.Add(name, module);
        return module;
    }

    private static int Compile(byte[] text, byte* log, nint* module)
    {
        const int ErrorLogBuffer = 5, ErrorLogBufferBytes = 6;
        var options = stackalloc int[] { ErrorLogBuffer, ErrorLogBufferBytes };
        var values = stackalloc nint[] { (nint)log, LogBytes };
        fixed (byte* image = (byte[])[.. text, 0])
            return CudaDriver.cuModuleLoadDataEx(module, image, 2, options, values);
    }
}
