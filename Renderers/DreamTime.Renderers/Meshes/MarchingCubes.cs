using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DreamTime.Renderers;

/// <summary>
/// Takes the surface of equal density out of a field as a closed mesh. Which grid edges cross the surface comes from a grid of samples; where, from
/// bisecting the field itself, because densities rise over orders of magnitude within a cube and interpolating them would leave steps.
/// </summary>
public static class MarchingCubes
{
    private const int Bisections = 8;

    /// <summary>
    /// The surface, closed where it meets the field's box [-radius, radius]. Vertex normals are the area-weighted mean of their triangles' normals; colours
    /// are the field's, half a cube below the surface, where the views have seen them.
    /// </summary>
    /// <param name="field">What to take the surface from.</param>
    /// <param name="options">Resolution, threshold, and what to remove; null for the defaults.</param>
    /// <param name="cancellation">Ends the extraction early.</param>
    /// <returns>The same mesh, in the same order, on every run.</returns>
    /// <exception cref="NoSurfaceException">The field has no surface at the threshold.</exception>
    /// <exception cref="ArgumentException">The field's radius is not above 0, or it answers with a value that is not finite.</exception>
    public static Mesh Extract(IDensityField field, MarchingCubesOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(field);
        if (!(field.Radius > 0 && float.IsFinite(field.Radius)))
            throw new ArgumentException(FormattableString.Invariant($"A field's radius is finite and above 0, not {field.Radius}."), nameof(field));

        options ??= new MarchingCubesOptions();
        var grid = DensityGrid.Sample(field, options.Resolution, cancellation);
        var threshold = options.Threshold ?? field.SurfaceDensity ?? SilhouetteThreshold.Find(grid);
        var inside = grid.Above(threshold);
        if (!options.KeepCavities)
            HiddenInterior.Fill(grid, inside);

        var crossings = Crossings(grid, inside);
        var triangles = Triangles(grid, inside, crossings.Vertices, cancellation);
        var positions = Bisect(field, threshold, crossings.Ends, cancellation);
        var normals = VertexNormals.Of(positions, triangles);
        var colors = Colors(field, positions, normals, grid.Spacing / 2);

        var mesh = new Mesh(
            ImmutableCollectionsMarshal.AsImmutableArray(positions), ImmutableCollectionsMarshal.AsImmutableArray(normals),
            ImmutableCollectionsMarshal.AsImmutableArray(colors), triangles);
        return Floaters.Remove(mesh, options.FloaterShare, options.KeepCavities);
    }

    /// <summary>The grid edges from an inside to an outside point in grid order; an edge's key is its lower point times 3, plus its axis.</summary>
    private static (Dictionary<long, int> Vertices, List<(Vector3 Inside, Vector3 Outside)> Ends) Crossings(DensityGrid grid, bool[] inside)
    {
        var vertices = new Dictionary<long, int>();
        var ends = new List<(Vector3 Inside, Vector3 Outside)>();

        void Add(int x, int y, int z, int axis)
        {
            var (dx, dy, dz) = (axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 2 ? 1 : 0);
            var point = grid.Index(x, y, z);
            var lowerIsInside = inside[point];
            if (lowerIsInside == inside[grid.Index(x + dx, y + dy, z + dz)])
                return;

            var (lower, upper) = (grid.Position(x, y, z), grid.Position(x + dx, y + dy, z + dz));
            vertices.Add(3L * point + axis, ends.Count);
            ends.Add(lowerIsInside ? (lower, upper) : (upper, lower));
        }

        for (var z = 0; z < grid.Resolution; z++)
            for (var y = 0; y < grid.Resolution; y++)
                for (var x = 0; x < grid.Resolution; x++)
                    for (var axis = 0; axis < 3; axis++)
                        Add(x, y, z, axis);
        return (vertices, ends);
    }

    private static ImmutableArray<int> Triangles(DensityGrid grid, bool[] inside, Dictionary<long, int> vertices, CancellationToken cancellation)
    {
        var corners = Enumerable.Range(0, 8).Select(corner => grid.Index(corner & 1, corner >> 1 & 1, corner >> 2)).ToArray();
        var edges = CubeCases.Edges.Select(edge => 3L * corners[edge.Corner] + edge.Axis).ToArray();
        var triangles = ImmutableArray.CreateBuilder<int>();
        for (var z = 0; z < grid.Resolution; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var y = 0; y < grid.Resolution; y++)
                for (var x = 0; x < grid.Resolution; x++)
                {
                    var point = grid.Index(x, y, z);
                    var insideCorners = 0;
                    for (var corner = 0; corner < 8; corner++)
                        insideCorners |= inside[point + corners[corner]] ? 1 << corner : 0;
                    foreach (var edge in CubeCases.Triangles[insideCorners])
                        triangles.Add(vertices[3L * point + edges[edge]]);
                }
        }
        return triangles.ToImmutable();
    }

    /// <summary>The place on each crossing edge where the field falls below the threshold, strictly between the edge's ends.</summary>
    private static Vector3[] Bisect(IDensityField field, float threshold, List<(Vector3 Inside, Vector3 Outside)> ends, CancellationToken cancellation)
    {
        var (inside, outside) = (ends.Select(end => end.Inside).ToArray(), ends.Select(end => end.Outside).ToArray());
        var (middles, densities) = (new Vector3[ends.Count], new float[ends.Count]);
        for (var round = 0; ; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < middles.Length; i++)
                middles[i] = (inside[i] + outside[i]) / 2;
            if (round == Bisections)
                return middles;

            field.Query(middles, densities, []);
            for (var i = 0; i < middles.Length; i++)
                (densities[i] > threshold ? ref inside[i] : ref outside[i]) = middles[i];
        }
    }

    private static Vector3[] Colors(IDensityField field, Vector3[] positions, Vector3[] normals, float depth)
    {
        var below = positions.Zip(normals, (position, normal) => position - depth * normal).ToArray();
        var colors = new Vector3[positions.Length];
        field.Query(below, new float[positions.Length], colors);
        return Array.ConvertAll(colors, color => Vector3.Clamp(color, Vector3.Zero, Vector3.One));
    }
}
