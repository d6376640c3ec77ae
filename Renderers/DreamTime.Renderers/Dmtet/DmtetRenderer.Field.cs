using System.Numerics;

namespace DreamTime.Renderers;

/// <content>What the object is, asked from outside: density, colour, surface and material.</content>
public sealed partial class DmtetRenderer
{
    /// <inheritdoc/>
    public float? SurfaceDensity => DensityOf(0);

    /// <inheritdoc/>
    public bool HasMaterial => Options.Light is not null;

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        RendererContract.CheckQuery(positions.Length, density.Length, color.Length);
        for (var i = 0; i < positions.Length; i++)
            density[i] = Grid.Contains(positions[i]) ? DensityOf(Grid.Interpolate(Distance.Values, positions[i])) : 0;
        for (var first = 0; first < color.Length; first += EvaluationPoints)
        {
            var count = Math.Min(EvaluationPoints, color.Length - first);
            Material.Place(positions.Slice(first, count), _probes);
            Material.Evaluate(_probes);
            for (var i = 0; i < count; i++)
                color[first + i] = new Vector3(_probes.Values[0][i], _probes.Values[1][i], _probes.Values[2][i]);
        }
    }

    /// <inheritdoc/>
    public Mesh? Surface()
    {
        var surface = Current();
        if (surface.TriangleCount == 0)
            throw new NoSurfaceException("the signed distance is nowhere below 0 within the grid, or everywhere.");

        var color = new Vector3[surface.Positions.Length];
        Query(surface.Positions, new float[color.Length], color);
        return new Mesh([.. surface.Positions], [.. Normals()], [.. color], [.. surface.Triangles]);
    }

    /// <inheritdoc/>
    public void QueryMaterial(ReadOnlySpan<Vector3> positions, Span<Vector3> normals, Span<Vector2> metallicRoughness)
    {
        if (!HasMaterial)
            throw new InvalidOperationException("Without DmtetOptions.Light the surface has an albedo only.");
        if (normals.Length != positions.Length)
            throw new ArgumentException($"There are {positions.Length} positions and {normals.Length} normals.", nameof(normals));
        if (metallicRoughness.Length != positions.Length)
            throw new ArgumentException($"There are {positions.Length} positions and room for {metallicRoughness.Length} materials.", nameof(metallicRoughness));

        Span<Single32> bump = stackalloc Single32[3];
        for (var first = 0; first < positions.Length; first += EvaluationPoints)
        {
            var count = Math.Min(EvaluationPoints, positions.Length - first);
            Material.Place(positions.Slice(first, count), _probes);
            Material.Evaluate(_probes);
            for (var i = 0; i < count; i++)
            {
                for (var axis = 0; axis < 3; axis++)
                    bump[axis] = _probes.Values[PbrModel.Bump + axis][i];
                var normal = normals[first + i];
                var (x, y, z) = PbrModel.Normal<Single32>(normal.X, normal.Y, normal.Z, bump);
                normals[first + i] = new Vector3(x.Value, y.Value, z.Value);
                metallicRoughness[first + i] = new Vector2(
                    PbrModel.MetallicOf(_probes.Values[PbrModel.Metallic][i]), PbrModel.RoughnessOf(_probes.Values[PbrModel.Roughness][i]));
            }
        }
    }

    /// <summary>A signed distance as a density that is smooth enough to be cut between grid points.</summary>
    private float DensityOf(float distance) => 1 / (1 + MathF.Exp(20 / Options.Field.Radius * distance));
}
