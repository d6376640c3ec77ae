namespace DreamTime.Renderers.Cuda;

/// <summary>The parameters of 3D Gaussians on a device, group by group as <see cref="Gaussians"/> has them, and how strongly the images pull at each.</summary>
internal sealed class CudaGaussians : IDisposable
{
    private readonly IKernelDevice _device;
    private readonly CudaGradientNorm _norm;
    private CudaParameters[] _groups = [];
    private IReadOnlyList<string> _names = [];

    public CudaGaussians(IKernelDevice device, Gaussians gaussians)
    {
        (_device, HarmonicsDegree) = (device, gaussians.HarmonicsDegree);
        (_norm, Pull, Seen) = (new(device), new(device), new(device));
        Upload(gaussians, new float[gaussians.Count], new int[gaussians.Count]);
    }

    public int Count { get; private set; }

    public int HarmonicsDegree { get; }

    public int Functions => (HarmonicsDegree + 1) * (HarmonicsDegree + 1);

    /// <summary>Positions, scales, rotations, opacities, colours, harmonics.</summary>
    public IReadOnlyList<CudaParameters> Groups => _groups;

    /// <summary>For each Gaussian the summed lengths of the gradient at its centre in the images.</summary>
    public DeviceArray<float> Pull { get; }

    /// <summary>How many views that sum is of.</summary>
    public DeviceArray<int> Seen { get; }

    /// <summary>Takes others, as many as they are.</summary>
    public void Upload(Gaussians gaussians, float[] pull, int[] seen)
    {
        if (gaussians.Count != Count)
        {
            Free();
            _groups = [.. gaussians.Groups.Select(group => new CudaParameters(_device, group.Values.Length))];
            _names = [.. gaussians.Groups.Select(group => group.Name)];
            Count = gaussians.Count;
        }

        foreach (var (group, from) in _groups.Zip(gaussians.Groups))
            foreach (var (array, numbers) in group.Arrays.Zip(from.Arrays))
                if (numbers.Length > 0)
                    array.Upload(numbers);
        Pull.Upload(pull);
        Seen.Upload(seen);
    }

    /// <summary>A copy on the host; waits for the device.</summary>
    public (Gaussians Gaussians, float[] Pull, int[] Seen) Download()
    {
        var copy = new Gaussians(Count, HarmonicsDegree);
        foreach (var (group, to) in _groups.Zip(copy.Groups))
            foreach (var (array, numbers) in group.Arrays.Zip(to.Arrays))
                if (numbers.Length > 0)
                    array.Download(numbers);
        var (pull, seen) = (new float[Count], new int[Count]);
        Pull.Download(pull);
        Seen.Download(seen);
        return (copy, pull, seen);
    }

    /// <summary>The Euclidean norm of all gradients; waits for the device.</summary>
    /// <exception cref="NotFiniteNumberException">One is not finite; the message names its group.</exception>
    public double GradientNorm(int steps) => _norm.Of([.. _groups.Zip(_names)], steps);

    public void Dispose()
    {
        Free();
        foreach (var array in (IDisposable[])[_norm, Pull, Seen])
            array.Dispose();
    }

    private void Free()
    {
        foreach (var group in _groups)
            group.Dispose();
    }
}
