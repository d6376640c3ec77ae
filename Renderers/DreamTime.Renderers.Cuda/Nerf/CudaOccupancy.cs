namespace DreamTime.Renderers.Cuda;

/// <summary>The grid on a device that remembers where nothing is, with the CPU grid's rule.</summary>
internal sealed class CudaOccupancy : IDisposable
{
    private readonly IKernelDevice _device;
    private readonly DeviceArray<double> _sum;
    private readonly DeviceArray<int> _count;

    public CudaOccupancy(IKernelDevice device, int resolution)
    {
        (_device, Resolution, Cells) = (device, resolution, resolution * resolution * resolution);
        (_sum, _count) = (new DeviceArray<double>(device, 1), new DeviceArray<int>(device, 1));
        Opacity = new DeviceArray<float>(device, Math.Max(1, Cells));
        Occupied = new DeviceArray<byte>(device, Math.Max(1, Cells));
        var all = new byte[Cells];
        Array.Fill(all, (byte)1);
        if (Cells > 0)
            Occupied.Upload(all);
    }

    /// <summary>Cells along an axis; 0 where all space counts as occupied.</summary>
    public int Resolution { get; }

    public int Cells { get; }

    public DeviceArray<float> Opacity { get; }

    /// <summary>For each cell 1 or 0.</summary>
    public DeviceArray<byte> Occupied { get; }

    /// <summary>The share of the cells that are occupied; waits for the device.</summary>
    public double OccupiedShare
    {
        get
        {
            if (Cells == 0)
                return 1;
            var occupied = new byte[Cells];
            Occupied.Download(occupied);
            return occupied.Count(o => o != 0) / (double)Cells;
        }
    }

    /// <summary>Writes a random place of each cell.</summary>
    public void Probe(CudaSamples samples, long seed, int update)
    {
        samples.Reserve(Cells);
        _device.Launch(NerfKernels.OccupancyProbe, NerfKernels.OccupancyProbe.BlocksFor(Cells), Resolution, seed, update, samples.X, samples.Y, samples.Z);
    }

    /// <summary>Takes in what an update saw, or with null only decides anew which cells are occupied.</summary>
    public void Update(DeviceArray<float>? density, float step)
    {
        _sum.Clear();
        _count.Clear();
        var blocks = NerfKernels.OccupancyUpdate.BlocksFor(Cells);
        _device.Launch(NerfKernels.OccupancyUpdate, blocks, density?.Address ?? 0, step, Opacity, Cells, _sum);
        _device.Launch(NerfKernels.OccupancyRefresh, blocks, Opacity, Resolution, _sum, Occupied, _count);
    }

    public void Dispose()
    {
        Opacity.Dispose();
        Occupied.Dispose();
        _sum.Dispose();
        _count.Dispose();
    }
}
