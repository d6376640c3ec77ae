using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The directions on a surface that an atlas's columns grow along: with the normals, the frames that normal textures are written in (glTF 2.0, TANGENT).</summary>
internal static class AtlasTangents
{
    /// <summary>
    /// For each corner of the atlas: a tangent of length 1, at right angles to the vertex's normal, and in w the sign by which cross(normal, tangent) points up the image.
    /// </summary>
    public static Vector4[] Of(Mesh mesh, UvAtlas atlas)
    {
        var (along, up) = (new Vector3[atlas.Vertices.Length], new Vector3[atlas.Vertices.Length]);
        for (var t = 0; t < mesh.TriangleCount; t++)
        {
            var (a, b, c) = mesh.Corners(t);
            var (p, q, r) = atlas.Corners(t);
            var (pq, pr) = (q - p, r - p);
            var area = pq.X * pr.Y - pq.Y * pr.X;
            // Weighted by its area on the image, a triangle's directions need no division.
            var (byColumn, byRow) = (MathF.Sign(area) * (pr.Y * (b - a) - pq.Y * (c - a)), MathF.Sign(area) * (pq.X * (c - a) - pr.X * (b - a)));
            for (var corner = 3 * t; corner < 3 * t + 3; corner++)
            {
                along[atlas.Triangles[corner]] += byColumn;
                up[atlas.Triangles[corner]] -= byRow;
            }
        }

        return [.. Enumerable.Range(0, along.Length).Select(corner => Frame(mesh.Normals[atlas.Vertices[corner]], along[corner], up[corner]))];
    }

    private static Vector4 Frame(Vector3 normal, Vector3 along, Vector3 up)
    {
        var tangent = along - Vector3.Dot(along, normal) * normal;
        if (!(tangent.LengthSquared() > 1e-24f))
        {
            // Any direction will do where the atlas has none.
            var axis = MathF.Abs(normal.X) < 0.5f ? Vector3.UnitX : Vector3.UnitY;
            tangent = axis - Vector3.Dot(axis, normal) * normal;
        }

        tangent = Vector3.Normalize(tangent);
        return new Vector4(tangent, Vector3.Dot(Vector3.Cross(normal, tangent), up) < 0 ? -1 : 1);
    }
}
