using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A triangle mesh with shared vertices, in the world's metres with z up. Triangles are counter-clockwise seen from outside.</summary>
public sealed class Mesh
{
    /// <summary>A mesh from its parts.</summary>
    /// <param name="positions">A finite position a vertex.</param>
    /// <param name="normals">A vector of length 1 a vertex, pointing outside.</param>
    /// <param name="colors">Display (sRGB) values 0..1 a vertex.</param>
    /// <param name="triangles">Three vertex indices a triangle, one triangle after the other.</param>
    /// <exception cref="ArgumentException">The parts do not fit together, or a value leaves its range; the message says which.</exception>
    public Mesh(ImmutableArray<Vector3> positions, ImmutableArray<Vector3> normals, ImmutableArray<Vector3> colors, ImmutableArray<int> triangles)
    {
        if (normals.Length != positions.Length)
            throw new ArgumentException($"{positions.Length} positions need as many normals, not {normals.Length}.", nameof(normals));
        if (colors.Length != positions.Length)
            throw new ArgumentException($"{positions.Length} positions need as many colours, not {colors.Length}.", nameof(colors));
        if (triangles.Length % 3 != 0)
            throw new ArgumentException($"Triangles have three indices each; {triangles.Length} is no multiple of three.", nameof(triangles));

        for (var v = 0; v < positions.Length; v++)
        {
            if (!float.IsFinite(positions[v].LengthSquared()))
                throw new ArgumentException(FormattableString.Invariant($"The position of vertex {v} is {positions[v]}, which is not finite."), nameof(positions));
            if (!(MathF.Abs(normals[v].LengthSquared() - 1) < 1e-3f))
                throw new ArgumentException(FormattableString.Invariant($"The normal of vertex {v} is {normals[v]}, whose length is not 1."), nameof(normals));
            if (colors[v] != Vector3.Clamp(colors[v], Vector3.Zero, Vector3.One))
                throw new ArgumentException(FormattableString.Invariant($"The colour of vertex {v} is {colors[v]}, outside 0..1."), nameof(colors));
        }
        foreach (var index in triangles)
        {
            if (index < 0 || index >= positions.Length)
                throw new ArgumentException($"A triangle names vertex {index} of {positions.Length}.", nameof(triangles));
        }

        (Positions, Normals, Colors, Triangles) = (positions, normals, colors, triangles);
    }

    /// <summary>A position a vertex, in metres.</summary>
    public ImmutableArray<Vector3> Positions { get; }

    /// <summary>A unit vector a vertex, pointing outside.</summary>
    public ImmutableArray<Vector3> Normals { get; }

    /// <summary>Display (sRGB) values 0..1 a vertex.</summary>
    public ImmutableArray<Vector3> Colors { get; }

    /// <summary>Three vertex indices a triangle, one triangle after the other.</summary>
    public ImmutableArray<int> Triangles { get; }

    /// <summary>How many triangles there are: a third of the indices.</summary>
    public int TriangleCount => Triangles.Length / 3;

    /// <summary>The surface's area in square metres.</summary>
    public double Area() => Enumerable.Range(0, TriangleCount).Sum(triangle => AreaVector(triangle).Length());

    /// <summary>The enclosed volume in cubic metres, where the mesh is closed; negative where it is inside out (divergence theorem).</summary>
    public double Volume() => Enumerable.Range(0, TriangleCount).Sum(SignedVolume);

    /// <summary>The axis-parallel box around the vertices; two zero vectors for a mesh without vertices.</summary>
    public (Vector3 Minimum, Vector3 Maximum) Bounds() =>
        Positions.IsEmpty ? default : (Positions.Aggregate(Vector3.Min), Positions.Aggregate(Vector3.Max));

    /// <summary>The mesh, every position p at scale * p + offset.</summary>
    /// <param name="scale">Finite and above 0.</param>
    /// <param name="offset">Finite, in metres.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not finite and above 0.</exception>
    /// <exception cref="ArgumentException">A position is not finite any more.</exception>
    public Mesh Placed(float scale, Vector3 offset) => scale > 0 && float.IsFinite(scale)
        ? new Mesh([.. Positions.Select(position => scale * position + offset)], Normals, Colors, Triangles)
        : throw new ArgumentOutOfRangeException(nameof(scale), scale, "A scale is finite and above 0.");

    /// <summary>Refuses a mesh that is no asset.</summary>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    internal void DemandTriangles()
    {
        if (TriangleCount == 0)
            throw new ArgumentException("A mesh without triangles makes no asset.", "mesh");
    }

    /// <summary>The three corners of a triangle.</summary>
    internal (Vector3 A, Vector3 B, Vector3 C) Corners(int triangle) =>
        (Positions[Triangles[3 * triangle]], Positions[Triangles[3 * triangle + 1]], Positions[Triangles[3 * triangle + 2]]);

    /// <summary>Along the triangle's outward normal, as long as its area.</summary>
    internal Vector3 AreaVector(int triangle)
    {
        var (a, b, c) = Corners(triangle);
        return Vector3.Cross(b - a, c - a) / 2;
    }

    /// <summary>The volume between a triangle and the origin; negative where the triangle faces the origin.</summary>
    internal double SignedVolume(int triangle)
    {
        var (a, b, c) = Corners(triangle);
        return Vector3.Dot(a, Vector3.Cross(b, c)) / 6.0;
    }
}
