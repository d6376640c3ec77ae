using System.Runtime.InteropServices;

namespace DreamTime.Renderers.Cuda;

/// <summary>NVIDIA's driver interface: the calls that are used, under the driver's own names.</summary>
internal static unsafe partial class CudaDriver
{
    private const string Library = "cuda";

    static CudaDriver() => NativeLibrary.SetDllImportResolver(
        typeof(CudaDriver).Assembly, (name, _, _) => name == Library && NativeLibrary.TryLoad(FileName, out var handle) ? handle : 0);

    /// <summary>The file that holds it.</summary>
    public static string FileName => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    [LibraryImport(Library)] internal static partial int cuInit(uint flags);
    [LibraryImport(Library)] internal static partial int cuDriverGetVersion(int* version);
    [LibraryImport(Library)] internal static partial int cuGetErrorName(int error, byte** name);
    [LibraryImport(Library)] internal static partial int cuDeviceGetCount(int* count);
    [LibraryImport(Library)] internal static partial int cuDeviceGet(int* device, int ordinal);
    [LibraryImport(Library)] internal static partial int cuDeviceGetName(byte* name, int length, int device);
    [LibraryImport(Library)] internal static partial int cuDeviceGetAttribute(int* value, int attribute, int device);
    [LibraryImport(Library)] internal static partial int cuDeviceTotalMem_v2(nuint* bytes, int device);
    [LibraryImport(Library)] internal static partial int cuDevicePrimaryCtxRetain(nint* context, int device);
    [LibraryImport(Library)] internal static partial int cuDevicePrimaryCtxRelease_v2(int device);
    [LibraryImport(Library)] internal static partial int cuCtxGetCurrent(nint* context);
    [LibraryImport(Library)] internal static partial int cuCtxSetCurrent(nint context);
    [LibraryImport(Library)] internal static partial int cuCtxSynchronize();
    [LibraryImport(Library)] internal static partial int cuModuleLoadDataEx(nint* module, byte* image, uint options, int* option, nint* value);
    [LibraryImport(Library)] internal static partial int cuModuleUnload(nint module);
    [LibraryImport(Library)] internal static partial int cuModuleGetFunction(nint* function, nint module, byte* name);
    [LibraryImport(Library)] internal static partial int cuFuncGetAttribute(int* value, int attribute, nint function);
    [LibraryImport(Library)] internal static partial int cuMemAlloc_v2(nint* address, nuint bytes);
    [LibraryImport(Library)] internal static partial int cuMemFree_v2(nint address);
    [LibraryImport(Library)] internal static partial int cuMemPoolCreate(nint* pool, CudaMemoryPool.Properties* properties);
    [LibraryImport(Library)] internal static partial int cuMemPoolSetAttribute(nint pool, int attribute, void* value);
    [LibraryImport(Library)] internal static partial int cuMemPoolDestroy(nint pool);
    [LibraryImport(Library)] internal static partial int cuMemAllocFromPoolAsync(nint* address, nuint bytes, nint pool, nint stream);
    [LibraryImport(Library)] internal static partial int cuMemFreeAsync(nint address, nint stream);
    [LibraryImport(Library)] internal static partial int cuMemcpyHtoD_v2(nint to, void* from, nuint bytes);
    [LibraryImport(Library)] internal static partial int cuMemcpyDtoH_v2(void* to, nint from, nuint bytes);
    [LibraryImport(Library)] internal static partial int cuMemsetD8Async(nint address, byte value, nuint bytes, nint stream);
    [LibraryImport(Library)] internal static partial int cuEventCreate(nint* handle, uint flags);
    [LibraryImport(Library)] internal static partial int cuEventDestroy_v2(nint handle);
    [LibraryImport(Library)] internal static partial int cuEventRecord(nint handle, nint stream);
    [LibraryImport(Library)] internal static partial int cuEventSynchronize(nint handle);
    [LibraryImport(Library)] internal static partial int cuEventElapsedTime(float* milliseconds, nint from, nint to);

    [LibraryImport(Library)]
    internal static partial int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra);

    /// <summary>Looks for the call that came last to the driver, with CUDA 11.2: a driver that has it has all of them.</summary>
    /// <exception cref="EntryPointNotFoundException">The driver lacks it.</exception>
    public static void RequireNewestCall() => NativeLibrary.GetExport(NativeLibrary.Load(FileName), nameof(cuMemPoolCreate));

    /// <summary>Throws where a call did not succeed.</summary>
    /// <exception cref="CudaException">With the call, the driver's name for the error, and its usual cause.</exception>
    public static void Check(int result, string call, string? detail = null)
    {
        if (result == 0)
            return;
        byte* name = null;
        var known = cuGetErrorName(result, &name) == 0 && name != null;
        throw CudaException.Of(call, result, known ? Marshal.PtrToStringUTF8((nint)name)! : "an error without a name", detail);
    }
}
