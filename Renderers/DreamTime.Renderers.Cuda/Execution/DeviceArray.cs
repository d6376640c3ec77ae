namespace DreamTime.Renderers.Cuda;

/// <summary>Numbers on a device. It grows when more is asked for, and then what it held is lost.</summary>
internal sealed unsafe class DeviceArray<T>(IKernelDevice device) : IDisposable where T : unmanaged
{
    public DeviceArray(IKernelDevice device, long length) : this(device) => Reserve(length);

    /// <summary>Where it lies; 0 while it holds nothing.</summary>
    public nint Address { get; private set; }

    /// <summary>How many numbers there is room for.</summary>
    public long Length { get; private set; }

    /// <summary>Makes room. Returns whether it grew, so that everything in it is zero.</summary>
    public bool Reserve(long length)
    {
        if (length <= Length)
            return false;
        Dispose();
        Address = device.Allocate(length * sizeof(T));
        Length = length;
        return true;
    }

    /// <summary>The address of one of its numbers.</summary>
    public nint At(long index) => Address + checked((nint)(index * sizeof(T)));

    public void Upload(ReadOnlySpan<T> from)
    {
        Reserve(from.Length);
        device.Upload(from, Address);
    }

    public void Download(Span<T> to) => device.Download(Address, to);

    public void Clear() => device.Clear(Address, Length * sizeof(T));

    public void Dispose()
    {
        if (Address != 0)
            device.Free(Address);
        (Address, Length) = (0, 0);
    }

    public static implicit operator KernelArgument(DeviceArray<T> array) => array.Address;
}
