using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>Asks a field on a device at many points of the world, as <see cref="IDensityField.Query"/> promises.</summary>
internal static class CudaFieldQuery
{
    private const int Points = 1 << 18;

    /// <summary>Fills densities and, where there is room, colours.</summary>
    /// <param name="device">What computes it.</param>
    /// <param name="marcher">Knows the bounds.</param>
    /// <param name="probes">Room to work in.</param>
    /// <param name="evaluate">Fills values and colours of the probes.</param>
    /// <param name="densityOf">From a value to a density.</param>
    /// <param name="positions">In the world.</param>
    /// <param name="density">As many; 0 outside the bounds.</param>
    /// <param name="color">As many, or none.</param>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public static void Run(
        IKernelDevice device, CudaMarcher marcher, CudaSamples probes, Action<CudaSamples> evaluate, Func<float, float> densityOf,
        ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        RendererContract.CheckQuery(positions.Length, density.Length, color.Length);
        for (var first = 0; first < positions.Length; first += Points)
        {
            var chunk = positions.Slice(first, Math.Min(Points, positions.Length - first));
            probes.Reserve(chunk.Length);
            var planes = new float[3][];
            for (var axis = 0; axis < 3; axis++)
            {
                planes[axis] = new float[chunk.Length];
                for (var i = 0; i < chunk.Length; i++)
                    planes[axis][i] = marcher.ToUnit(chunk[i])[axis];
            }

            device.Upload<float>(planes[0], probes.X.Address);
            device.Upload<float>(planes[1], probes.Y.Address);
            device.Upload<float>(planes[2], probes.Z.Address);
            evaluate(probes);
            probes.Density.Download(density.Slice(first, chunk.Length));
            for (var i = 0; i < chunk.Length; i++)
                density[first + i] = marcher.Contains(chunk[i]) ? densityOf(density[first + i]) : 0;
            if (color.Length == 0)
                continue;
            probes.Red.Download(planes[0].AsSpan());
            probes.Green.Download(planes[1].AsSpan());
            probes.Blue.Download(planes[2].AsSpan());
            for (var i = 0; i < chunk.Length; i++)
                color[first + i] = new Vector3(planes[0][i], planes[1][i], planes[2][i]);
        }
    }
}
