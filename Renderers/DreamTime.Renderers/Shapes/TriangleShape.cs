using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Triangles as a file has them, in the world's axes (z up, front +x), at the file's own size and place.</summary>
public sealed class TriangleShape
{
    /// <summary>The most vertices and the most triangles that are taken.</summary>
    public const int MostParts = 20_000_000;

    /// <summary>Triangles from their parts.</summary>
    /// <param name="positions">Finite, at least 3.</param>
    /// <param name="triangles">Three indices of positions a triangle, at least one triangle.</param>
    /// <exception cref="InvalidDataException">There is no triangle, an index leaves the positions, or a position is not finite; the message says which.</exception>
    public TriangleShape(ImmutableArray<Vector3> positions, ImmutableArray<int> triangles)
    {
        if (triangles.Length < 3)
            throw new InvalidDataException("The mesh has no triangle.");
        if (positions.Length > MostParts || triangles.Length / 3 > MostParts)
            throw new InvalidDataException($"The mesh has {positions.Length} vertices and {triangles.Length / 3} triangles; at most {MostParts} of each are taken.");
        if (triangles.Length % 3 != 0)
            throw new InvalidDataException($"The mesh has {triangles.Length} indices, which is no multiple of three.");

        for (var v = 0; v < positions.Length; v++)
            if (!float.IsFinite(positions[v].LengthSquared()))
                throw new InvalidDataException(FormattableString.Invariant($"Vertex {v} of the mesh is {positions[v]}, which is not finite."));
        foreach (var index in triangles)
            if ((uint)index >= (uint)positions.Length)
                throw new InvalidDataException($"A triangle of the mesh names vertex {index} of {positions.Length}.");

        (Positions, Triangles) = (positions, triangles);
    }

    /// <summary>In the world's axes.</summary>
    public ImmutableArray<Vector3> Positions { get; }

    /// <summary>Three indices a triangle.</summary>
    public ImmutableArray<int> Triangles { get; }

    /// <summary>The colours of the surface, where the file has some.</summary>
    internal SurfacePaint? Paint { get; private init; }

    /// <summary>How many triangles.</summary>
    public int Count => Triangles.Length / 3;

    /// <summary>The corners of a triangle.</summary>
    public (Vector3 A, Vector3 B, Vector3 C) Corners(int triangle) =>
        (Positions[Triangles[3 * triangle]], Positions[Triangles[3 * triangle + 1]], Positions[Triangles[3 * triangle + 2]]);

    /// <summary>The same with colours.</summary>
    /// <param name="paint">Of this shape; null leaves it without.</param>
    internal TriangleShape Painted(Func<TriangleShape, SurfacePaint?> paint) => new(Positions, Triangles) { Paint = paint(this) };

    /// <summary>The farthest that a corner of a triangle is from the origin.</summary>
    internal float Reach() => Triangles.Max(index => Positions[index].Length());

    /// <summary>The same, the middle of its box at the origin and its longest side as long as asked.</summary>
    /// <param name="size">In metres, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    /// <exception cref="InvalidDataException">All used points are one.</exception>
    public TriangleShape Normalised(float size)
    {
        if (!(size > 0 && float.IsFinite(size)))
            throw new ArgumentOutOfRangeException(nameof(size), size, "A shape's size is finite and above 0.");

        var used = Triangles.Select(index => Positions[index]).ToArray();
        var (low, high) = (used.Aggregate(Vector3.Min), used.Aggregate(Vector3.Max));
        var sides = high - low;
        var longest = MathF.Max(sides.X, MathF.Max(sides.Y, sides.Z));
        if (!(longest > 0 && float.IsFinite(longest)))
            throw new InvalidDataException(FormattableString.Invariant($"The mesh's longest side is {longest}; it must be finite and above 0."));

        var middle = low / 2 + high / 2;
        return new TriangleShape([.. Positions.Select(position => (position - middle) / longest * size)], Triangles) { Paint = Paint };
    }
}
