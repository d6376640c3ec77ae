using System.Numerics;
using SharpGLTF.Schema2;
using SharpGLTF.Validation;

namespace DreamTime.Renderers;

/// <summary>Binary glTF 2.0: the triangles of all meshes of the scene, at their places and with their base colours.</summary>
internal static class GlbReader
{
    public static TriangleShape Read(Stream stream)
    {
        try
        {
            var model = ModelRoot.ReadGLB(stream, new ReadSettings { Validation = ValidationMode.Strict });
            var (positions, triangles, paints) = (new List<Vector3>(), new List<int>(), new List<(int First, SurfacePaint? Paint)>());
            foreach (var node in model.LogicalNodes)
                foreach (var primitive in node.Mesh?.Primitives ?? [])
                {
                    if (primitive.GetVertexAccessor("POSITION") is not { } accessor)
                        continue;

                    paints.Add((triangles.Count / 3, GlbPaint.Of(primitive)));
                    var first = positions.Count;
                    positions.AddRange(accessor.AsVector3Array().Select(position => ShapeFile.FromYUp(Vector3.Transform(position, node.WorldMatrix))));
                    triangles.AddRange(primitive.GetTriangleIndices().SelectMany(t => new[] { first + t.A, first + t.B, first + t.C }));
                }

            return new TriangleShape([.. positions], [.. triangles]).Painted(_ => Together(paints));
        }
        catch (Exception damaged) when (damaged is not (InvalidDataException or OutOfMemoryException))
        {
            // The reader throws whatever its parts do: JSON, ranges, models that contradict themselves.
            throw new InvalidDataException($"this is no GLB that can be read: {damaged.Message}", damaged);
        }
    }

    /// <summary>Each primitive's own; one without a colour is white beside others.</summary>
    private static SurfacePaint? Together(List<(int First, SurfacePaint? Paint)> paints)
    {
        if (paints.TrueForAll(part => part.Paint is null))
            return null;

        return (triangle, weights) =>
        {
            var (first, paint) = paints[paints.FindLastIndex(part => part.First <= triangle)];
            return paint?.Invoke(triangle - first, weights) ?? Vector3.One;
        };
    }
}
