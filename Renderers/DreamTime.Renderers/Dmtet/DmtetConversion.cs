using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// From a field to a signed distance on a tetrahedral grid and a material: where a coarse object is refined (Magic3D). The distance is the logarithm of the density over that
/// of the surface, scaled so that it rises by about one length in one length, and held within two cubes.
/// </summary>
internal static class DmtetConversion
{
    private const int ThresholdResolution = 64, ColorSteps = 400, ColorPoints = 1 << 12;

    /// <summary>In cubes.</summary>
    private const float LargestDistance = 2;

    /// <summary>Pieces of less than this share of the largest one's lattice vertices are floaters.</summary>
    private const double FloaterShare = 0.02;

    /// <summary>Gives the lattice its distances: no cavities, no floaters.</summary>
    /// <exception cref="NoSurfaceException">The field has no surface at its threshold.</exception>
    public static void SetDistance(DmtetRenderer renderer, IDensityField field)
    {
        var (grid, distance) = (renderer.Grid, renderer.Distance.Values);
        var sampled = DensityGrid.Sample(field, ThresholdResolution, CancellationToken.None);
        var threshold = field.SurfaceDensity ?? SilhouetteThreshold.Find(sampled);
        sampled.Above(threshold);

        var positions = Enumerable.Range(0, grid.Vertices).Select(grid.Position).ToArray();
        field.Query(positions, distance, []);
        for (var v = 0; v < distance.Length; v++)
            distance[v] = grid.IsOnHull(v) ? 1 : -MathF.Log(MathF.Max(distance[v], 1e-6f * threshold) / threshold);

        var scale = grid.Spacing / TypicalRise(grid, distance);
        for (var v = 0; v < distance.Length; v++)
            distance[v] = Math.Clamp(distance[v] * scale, -LargestDistance * grid.Spacing, LargestDistance * grid.Spacing);
        LatticePieces.CleanUp(grid, distance, FloaterShare);
        renderer.Forget();
    }

    /// <summary>Fits the material, around the surface, to the field's colours half a cube below it, where views have seen them.</summary>
    public static void FitColors(DmtetRenderer renderer, IDensityField field, long seed)
    {
        var (surface, points, spacing) = (renderer.Current(), new MaterialPoints(renderer.Material.Channels), renderer.Grid.Spacing);
        var (places, below) = (new Vector3[ColorPoints], new Vector3[ColorPoints]);
        var (density, colors) = (new float[ColorPoints], new Vector3[ColorPoints]);
        for (var step = 1; step <= ColorSteps; step++)
        {
            for (var i = 0; i < ColorPoints; i++)
            {
                double Uniform(int dimension) => CounterRandom.Uniform(seed, step, i, dimension);

                var triangle = (int)(Uniform(0) * surface.TriangleCount);
                var (root, share, area) = (Math.Sqrt(Uniform(1)), Uniform(2), surface.AreaVector(triangle));
                Vector3 Corner(int corner) => surface.Positions[surface.Triangles[3 * triangle + corner]];
                var place = (float)(1 - root) * Corner(0) + (float)(root * (1 - share)) * Corner(1) + (float)(root * share) * Corner(2);
                var normal = area.Length() > 0 ? Vector3.Normalize(area) : Vector3.Zero;
                (places[i], below[i]) = (place + (float)(2 * Uniform(3) - 1) * spacing * normal, place - spacing / 2 * normal);
            }

            field.Query(below, density, colors);
            renderer.FitMaterial(places, colors, points, step, (float)Math.Pow(0.1, (double)step / ColorSteps));
        }
    }

    /// <summary>The median difference over the lattice edges that the surface crosses.</summary>
    private static float TypicalRise(TetrahedralGrid grid, float[] distance)
    {
        var rises = new List<float>();
        for (var v = 0; v < distance.Length; v++)
            if (distance[v] < 0)
                foreach (var n in grid.Neighbours(v))
                    if (distance[n] >= 0)
                        rises.Add(distance[n] - distance[v]);
        rises.Sort();
        return rises.Count > 0
            ? rises[rises.Count / 2]
            : throw new NoSurfaceException("no vertex of the tetrahedral grid lies inside the field's surface; a finer grid may find it.");
    }
}
