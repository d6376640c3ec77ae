namespace DreamTime.Renderers.Cuda;

/// <summary>Pairs of a key and a value on a device, and a stable sort of them by their keys.</summary>
internal sealed class CudaSort(IKernelDevice device) : IDisposable
{
    private readonly DeviceArray<int> _histogram = new(device), _starts = new(device);
    private readonly CudaScan _scan = new(device);
    private DeviceArray<uint> _otherKeys = new(device);
    private DeviceArray<int> _otherValues = new(device);

    public DeviceArray<uint> Keys { get; private set; } = new(device);

    public DeviceArray<int> Values { get; private set; } = new(device);

    /// <summary>Makes room; what was there is lost.</summary>
    public void Reserve(int count)
    {
        if (count <= Keys.Length)
            return;
        // One and a half times what is needed, since a growing object needs a little more every time.
        var room = Math.Max(1, count + count / 2L);
        Keys.Reserve(room);
        Values.Reserve(room);
        _otherKeys.Reserve(room);
        _otherValues.Reserve(room);
    }

    /// <summary>Sorts the first pairs by so many of their keys' lowest bits.</summary>
    public void Sort(int count, int bits)
    {
        var blocks = Math.Max(1, (count + SplatKernels.PairsPerBlock - 1) / SplatKernels.PairsPerBlock);
        var digits = blocks << SplatKernels.DigitBits;
        _histogram.Reserve(digits);
        for (var shift = 0; shift < bits; shift += SplatKernels.DigitBits)
        {
            device.Launch(SplatKernels.Histogram, blocks, Keys, count, shift, _histogram);
            _scan.Run(_histogram, digits, _starts);
            device.Launch(SplatKernels.Scatter, blocks, Keys, Values, count, shift, _starts, _otherKeys, _otherValues);
            (Keys, _otherKeys, Values, _otherValues) = (_otherKeys, Keys, _otherValues, Values);
        }
    }

    public void Dispose()
    {
        foreach (var array in (IDisposable[])[_histogram, _starts, _scan, Keys, Values, _otherKeys, _otherValues])
            array.Dispose();
    }
}
