using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A density field sampled on a cubic grid over [-radius, radius] along each axis, x fastest.</summary>
internal sealed class DensityGrid
{
    private DensityGrid(IDensityField field, int resolution)
    {
        (Resolution, Radius, Points) = (resolution, field.Radius, resolution + 1);
        Spacing = 2 * Radius / resolution;
        Values = new float[checked(Points * Points * Points)];
    }

    /// <summary>Cubes along an axis.</summary>
    public int Resolution { get; }

    /// <summary>Grid points along an axis: one more than cubes.</summary>
    public int Points { get; }

    /// <summary>Half the grid's edge, in metres.</summary>
    public float Radius { get; }

    /// <summary>The edge of a cube, in metres.</summary>
    public float Spacing { get; }

    /// <summary>A finite density a grid point.</summary>
    public float[] Values { get; }

    /// <summary>Samples a field, a layer of equal z at a time.</summary>
    /// <exception cref="ArgumentException">A density is not finite.</exception>
    public static DensityGrid Sample(IDensityField field, int resolution, CancellationToken cancellation)
    {
        var grid = new DensityGrid(field, resolution);
        var positions = new Vector3[grid.Points * grid.Points];
        for (var z = 0; z < grid.Points; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < positions.Length; i++)
                positions[i] = grid.Position(i % grid.Points, i / grid.Points, z);
            var densities = grid.Values.AsSpan(z * positions.Length, positions.Length);
            field.Query(positions, densities, []);

            for (var i = 0; i < positions.Length; i++)
            {
                if (!float.IsFinite(densities[i]))
                    throw new ArgumentException(FormattableString.Invariant($"The density at {positions[i]} is {densities[i]}, which is not finite."), nameof(field));
            }
        }
        return grid;
    }

    /// <summary>A grid point's place in the world.</summary>
    public Vector3 Position(int x, int y, int z) => new Vector3(x, y, z) * Spacing - new Vector3(Radius);

    /// <summary>Where a grid point's density stands among the values.</summary>
    public int Index(int x, int y, int z) => (z * Points + y) * Points + x;

    /// <summary>Which grid points lie inside the surface at a threshold. Those on the grid's hull never do, so that every surface is closed.</summary>
    /// <exception cref="NoSurfaceException">No point, or every one within the hull, is above the threshold.</exception>
    public bool[] Above(float threshold)
    {
        var (above, count) = (new bool[Values.Length], 0L);
        for (var z = 1; z < Resolution; z++)
            for (var y = 1; y < Resolution; y++)
                for (var x = 1; x < Resolution; x++)
                {
                    var index = Index(x, y, z);
                    above[index] = Values[index] > threshold;
                    count += above[index] ? 1 : 0;
                }

        if (count == 0)
            throw new NoSurfaceException(FormattableString.Invariant($"the density is nowhere above the threshold {threshold}; its maximum is {Values.Max()}."));
        if (count == (long)(Resolution - 1) * (Resolution - 1) * (Resolution - 1))
            throw new NoSurfaceException(FormattableString.Invariant($"the density is everywhere above the threshold {threshold}; the field fills its whole volume."));
        return above;
    }
}
