namespace DreamTime.Renderers.Cuda;

/// <summary>Running sums of a list on a device.</summary>
internal sealed class CudaScan(IKernelDevice device) : IDisposable
{
    private static readonly Kernel Sums = new("scan", "scan_sums", 256), Starts = new("scan", "scan_starts", 256);

    /// <summary>So many a single block adds up in less time than it takes to ask three kernels.</summary>
    private const int Short = 8192;

    private readonly DeviceArray<int> _sums = new(device), _before = new(device);

    /// <summary>Writes, for each number, the sum of those before it, and behind the last one the sum of all.</summary>
    /// <param name="counts">What is added up.</param>
    /// <param name="length">How many, at least 1.</param>
    /// <param name="starts">Gets one number more.</param>
    public void Run(DeviceArray<int> counts, int length, DeviceArray<int> starts)
    {
        starts.Reserve(length + 1L);
        if (length <= Short)
        {
            device.Launch(NerfKernels.PrefixSum, 1, counts, length, starts);
            return;
        }

        var blocks = Sums.BlocksFor(length);
        _sums.Reserve(blocks);
        _before.Reserve(blocks + 1L);
        device.Launch(Sums, blocks, counts, length, _sums);
        device.Launch(NerfKernels.PrefixSum, 1, _sums, blocks, _before);
        device.Launch(Starts, blocks, counts, length, _before, starts);
    }

    /// <summary>The sum of all, of a list that was run; waits for the device.</summary>
    public int Total(DeviceArray<int> starts, int length)
    {
        Span<int> total = [0];
        device.Download(starts.At(length), total);
        return total[0];
    }

    public void Dispose()
    {
        _sums.Dispose();
        _before.Dispose();
    }
}
