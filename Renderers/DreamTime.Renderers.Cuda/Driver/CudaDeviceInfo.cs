using System.Runtime.InteropServices;

namespace DreamTime.Renderers.Cuda;

/// <summary>An NVIDIA GPU that the driver sees.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Name">The product's name.</param>
/// <param name="Capability">Compute capability, as major * 10 + minor.</param>
/// <param name="Multiprocessors">Of the GPU.</param>
/// <param name="MemoryBytes">In all.</param>
/// <param name="DriverVersion">The newest CUDA that the driver speaks, as major * 1000 + minor * 10.</param>
public sealed unsafe record CudaDeviceInfo(int Index, string Name, int Capability, int Multiprocessors, long MemoryBytes, int DriverVersion)
{
    private const int MultiprocessorCount = 16, CapabilityMajor = 75, CapabilityMinor = 76;

    /// <summary>All of them.</summary>
    /// <exception cref="CudaException">There is no driver, it does not run, or it sees no GPU; the message says which.</exception>
    public static IReadOnlyList<CudaDeviceInfo> All()
    {
        int version, count;
        try
        {
            CudaDriver.Check(CudaDriver.cuInit(0), "cuInit");
            CudaDriver.RequireNewestCall();
            CudaDriver.Check(CudaDriver.cuDriverGetVersion(&version), "cuDriverGetVersion");
            CudaDriver.Check(CudaDriver.cuDeviceGetCount(&count), "cuDeviceGetCount");
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CudaException(e is DllNotFoundException
                ? $"NVIDIA's driver ({CudaDriver.FileName}) is not installed."
                : $"NVIDIA's driver is too old: {e.Message}", e);
        }

        return count > 0
            ? Look(count, version)
            : throw CudaException.Of("cuDeviceGetCount", 100, "no device");
    }

    /// <summary>What it is, in one line.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}, compute capability {Capability / 10}.{Capability % 10}, {Multiprocessors} multiprocessors, {MemoryBytes / (double)(1L << 30):F0} GiB, driver for CUDA {DriverVersion / 1000}.{DriverVersion % 1000 / 10}");

    private static CudaDeviceInfo[] Look(int count, int version) => [.. Enumerable.Range(0, count).Select(i => LookAt(i, version))];

    private static CudaDeviceInfo LookAt(int index, int version)
    {
        int device;
        nuint memory;
        var name = stackalloc byte[256];
        CudaDriver.Check(CudaDriver.cuDeviceGet(&device, index), "cuDeviceGet");
        CudaDriver.Check(CudaDriver.cuDeviceGetName(name, 256, device), "cuDeviceGetName");
        CudaDriver.Check(CudaDriver.cuDeviceTotalMem_v2(&memory, device), "cuDeviceTotalMem");
        return new(
            index, Marshal.PtrToStringUTF8((nint)name)!, 10 * Attribute(device, CapabilityMajor) + Attribute(device, CapabilityMinor),
            Attribute(device, MultiprocessorCount), (long)memory, version);
    }

    private static int Attribute(int device, int which)
    {
        int value;
        CudaDriver.Check(CudaDriver.cuDeviceGetAttribute(&value, which, device), "cuDeviceGetAttribute");
        return value;
    }
}
