using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// A surface laid flat on the unit square, without overlaps: what a texture is painted on. Where the surface is cut, a vertex has several places; so an atlas has
/// its own corners, and says which vertex each of them is.
/// </summary>
/// <param name="Coordinates">A place of each corner: (0, 0) is the top left of the image, (1, 1) the bottom right, as glTF has it.</param>
/// <param name="Vertices">The mesh's vertex that each corner is.</param>
/// <param name="Triangles">Three corners a triangle, in the order of the mesh's triangles.</param>
/// <param name="Charts">How many connected pieces the surface was cut into.</param>
public sealed record UvAtlas(ImmutableArray<Vector2> Coordinates, ImmutableArray<int> Vertices, ImmutableArray<int> Triangles, int Charts)
{
    /// <summary>
    /// Cuts a surface into pieces that are nearly flat, projects each along its own direction, and packs them all at one scale.
    /// </summary>
    /// <param name="mesh">At least one triangle.</param>
    /// <param name="size">Width and height of the texture in texels, 16..16384: pieces are kept apart by whole texels of it.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The same atlas on every run.</returns>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <exception cref="AtlasTooSmallException">There are more pieces than so few texels can keep apart.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside its range.</exception>
    public static UvAtlas Unwrap(Mesh mesh, int size, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        if (size is < 16 or > 16384)
            throw new ArgumentOutOfRangeException(nameof(size), size, "A texture is 16 to 16384 texels wide.");
        if (mesh.TriangleCount == 0)
            throw new ArgumentException("A mesh without triangles cannot be laid flat.", nameof(mesh));

        var charts = ChartBuilder.Cut(mesh, cancellation);
        var places = ChartPacking.Place([.. charts.Select(chart => chart.Size)], size, out var scale);

        var (coordinates, vertices) = (ImmutableArray.CreateBuilder<Vector2>(), ImmutableArray.CreateBuilder<int>());
        var triangles = new int[mesh.Triangles.Length];
        for (var c = 0; c < charts.Count; c++)
        {
            var first = coordinates.Count;
            foreach (var (vertex, place) in charts[c].Corners)
            {
                vertices.Add(vertex);
                coordinates.Add(Vector2.Clamp((places[c] + scale * place) / size, Vector2.Zero, Vector2.One));
            }
            foreach (var (triangle, corner, index) in charts[c].Uses)
                triangles[3 * triangle + corner] = first + index;
        }
        return new UvAtlas(coordinates.ToImmutable(), vertices.ToImmutable(), [.. triangles], charts.Count);
    }

    /// <summary>The three places of a triangle.</summary>
    internal (Vector2 A, Vector2 B, Vector2 C) Corners(int triangle) =>
        (Coordinates[Triangles[3 * triangle]], Coordinates[Triangles[3 * triangle + 1]], Coordinates[Triangles[3 * triangle + 2]]);
}
