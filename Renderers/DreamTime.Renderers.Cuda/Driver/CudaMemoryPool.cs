namespace DreamTime.Renderers.Cuda;

/// <summary>
/// A GPU's memory in the order of its default stream: given and taken back without waiting for the GPU, and kept for the next who asks. GPUs without pools give memory the plain way.
/// </summary>
internal sealed unsafe class CudaMemoryPool : IDisposable
{
    private const int PoolsSupported = 115, ReleaseThreshold = 4;

    private readonly nint _pool;

    /// <param name="device">The driver's handle of the device; its context is current.</param>
    public CudaMemoryPool(int device)
    {
        int supported;
        CudaDriver.Check(CudaDriver.cuDeviceGetAttribute(&supported, PoolsSupported, device), "cuDeviceGetAttribute");
        if (supported == 0)
            return;
        var properties = new Properties { AllocationType = 1, LocationType = 1, LocationId = device };
        nint pool;
        CudaDriver.Check(CudaDriver.cuMemPoolCreate(&pool, &properties), "cuMemPoolCreate");
        _pool = pool;
        var everything = ulong.MaxValue;
        CudaDriver.Check(CudaDriver.cuMemPoolSetAttribute(pool, ReleaseThreshold, &everything), "cuMemPoolSetAttribute");
    }

    /// <summary>Memory whose use is asked for after this.</summary>
    public nint Allocate(long bytes)
    {
        nint address;
        var result = _pool != 0 ? CudaDriver.cuMemAllocFromPoolAsync(&address, (nuint)bytes, _pool, 0) : CudaDriver.cuMemAlloc_v2(&address, (nuint)bytes);
        CudaDriver.Check(result, "cuMemAlloc", FormattableString.Invariant($"{bytes} bytes were asked for"));
        return address;
    }

    /// <summary>Takes memory back, once the work asked for before is done.</summary>
    public void Free(nint address) => CudaDriver.Check(_pool != 0 ? CudaDriver.cuMemFreeAsync(address, 0) : CudaDriver.cuMemFree_v2(address), "cuMemFree");

    public void Dispose()
    {
        if (_pool != 0)
            CudaDriver.cuMemPoolDestroy(_pool);
    }

    /// <summary>The driver's CUmemPoolProps, 88 bytes: pinned memory of a device, without handles for other processes.</summary>
    internal struct Properties
    {
        public int AllocationType, HandleTypes, LocationType, LocationId;
        public nint WindowsSecurity;
        public fixed byte Reserved[64];
    }
}
