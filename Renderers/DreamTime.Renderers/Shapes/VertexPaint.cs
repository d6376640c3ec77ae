using System.Collections.Immutable;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Colours at vertices, mixed in between.</summary>
internal static class VertexPaint
{
    /// <summary>The paint of display colours, or null where not every vertex has one.</summary>
    /// <exception cref="InvalidDataException">A colour is not finite.</exception>
    public static SurfacePaint? Of(IReadOnlyList<Vector3> colors, TriangleShape shape)
    {
        if (colors.Count != shape.Positions.Length)
            return null;
        for (var v = 0; v < colors.Count; v++)
            if (!float.IsFinite(colors[v].LengthSquared()))
                throw new InvalidDataException(FormattableString.Invariant($"The colour of vertex {v} is {colors[v]}, which is not finite."));

        ImmutableArray<Vector3> shown = [.. colors.Select(color => Vector3.Clamp(color, Vector3.Zero, Vector3.One))];
        return (triangle, weights) =>
            weights.X * shown[shape.Triangles[3 * triangle]] + weights.Y * shown[shape.Triangles[3 * triangle + 1]] + weights.Z * shown[shape.Triangles[3 * triangle + 2]];
    }
}
