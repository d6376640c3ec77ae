using System.Numerics;
using SharpGLTF.Schema2;
using SharpGLTF.Validation;

namespace DreamTime.Renderers;

/// <summary>Binary glTF 2.0: the triangles of all meshes of the scene, at their places.</summary>
internal static class GlbReader
{
    public static TriangleShape Read(Stream stream)
    {
        try
        {
            var model = ModelRoot.ReadGLB(stream, new ReadSettings { Validation = ValidationMode.Strict });
            var (positions, triangles) = (new List<Vector3>(), new List<int>());
            foreach (var node in model.LogicalNodes)
                foreach (var primitive in node.Mesh?.Primitives ?? [])
                {
                    if (primitive.GetVertexAccessor("POSITION") is not { } accessor)
                        continue;

                    var first = positions.Count;
                    positions.AddRange(accessor.AsVector3Array().Select(position => ShapeFile.FromYUp(Vector3.Transform(position, node.WorldMatrix))));
                    triangles.AddRange(primitive.GetTriangleIndices().SelectMany(t => new[] { first + t.A, first + t.B, first + t.C }));
                }

            return new TriangleShape([.. positions], [.. triangles]);
        }
        catch (Exception damaged) when (damaged is not (InvalidDataException or OutOfMemoryException))
        {
            // The reader throws whatever its parts do: JSON, ranges, models that contradict themselves.
            throw new InvalidDataException($"this is no GLB that can be read: {damaged.Message}", damaged);
        }
    }
}
