using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Asks a field at many points of the world, as <see cref="IDensityField.Query"/> promises.</summary>
internal static class FieldQuery
{
    private const int Points = 1 << 16;

    /// <summary>Fills densities and, where there is room, colours.</summary>
    /// <param name="field">What is asked.</param>
    /// <param name="marcher">Knows the bounds.</param>
    /// <param name="probes">Room to work in.</param>
    /// <param name="densityOf">From the field's value to a density.</param>
    /// <param name="positions">In the world.</param>
    /// <param name="density">As many; 0 outside the bounds.</param>
    /// <param name="color">As many, or none.</param>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public static void Run(
        NerfField field, RayMarcher marcher, Samples probes, Func<float, float> densityOf,
        ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        RendererContract.CheckQuery(positions.Length, density.Length, color.Length);
        for (var first = 0; first < positions.Length; first += Points)
        {
            var chunk = positions.Slice(first, Math.Min(Points, positions.Length - first));
            probes.Allocate([chunk.Length], field.Features);
            for (var i = 0; i < chunk.Length; i++)
            {
                var unit = marcher.ToUnit(chunk[i]);
                (probes.X[i], probes.Y[i], probes.Z[i]) = (unit.X, unit.Y, unit.Z);
            }

            field.Evaluate(probes);
            for (var i = 0; i < chunk.Length; i++)
            {
                density[first + i] = marcher.Contains(chunk[i]) ? densityOf(probes.Density[i]) : 0;
                if (color.Length > 0)
                    color[first + i] = new Vector3(probes.Red[i], probes.Green[i], probes.Blue[i]);
            }
        }
    }
}
