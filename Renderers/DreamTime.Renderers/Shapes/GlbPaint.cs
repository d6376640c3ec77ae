using System.Numerics;
using SharpGLTF.Schema2;

namespace DreamTime.Renderers;

/// <summary>The base colour of a glTF primitive: factor, texture and vertex colours multiplied as linear values, as the format says. A texture's nearest texel counts.</summary>
internal static class GlbPaint
{
    /// <summary>The paint of a primitive, its triangles counted from 0; null where the file gives it no colour.</summary>
    public static SurfacePaint? Of(MeshPrimitive primitive)
    {
        var channel = primitive.Material?.FindChannel("BaseColor");
        var factor = channel?.Color.AsVector3() ?? Vector3.One;
        var colors = primitive.GetVertexAccessor("COLOR_0")?.AsColorArray().Select(color => color.AsVector3()).ToArray();
        var texture = channel is { } base0 && base0.Texture?.PrimaryImage is { } image && primitive.GetVertexAccessor($"TEXCOORD_{base0.TextureCoordinate}") is { } places
            ? Texture(image.Content.Content.ToArray(), [.. places.AsVector2Array()])
            : null;
        if (colors is null && texture is null && factor == Vector3.One)
            return null;

        var triangles = primitive.GetTriangleIndices().ToArray();
        return (triangle, weights) =>
        {
            var (a, b, c) = triangles[triangle];
            var linear = factor;
            if (colors is not null)
                linear *= weights.X * colors[a] + weights.Y * colors[b] + weights.Z * colors[c];
            if (texture is not null)
                linear *= texture(a, b, c, weights);
            return Glb.DisplayColor(linear);
        };
    }

    private static Func<int, int, int, Vector3, Vector3> Texture(byte[] bytes, Vector2[] places)
    {
        var (rgba, height, width) = ImageFile.ReadRgba(bytes);
        return (a, b, c, weights) =>
        {
            var place = weights.X * places[a] + weights.Y * places[b] + weights.Z * places[c];
            var pixel = Wrapped(place.Y, height) * width + Wrapped(place.X, width);
            return Glb.LinearColor(new Vector3(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2]) / 255);
        };
    }

    /// <summary>The texel of a coordinate; the picture repeats.</summary>
    private static int Wrapped(float coordinate, int size)
    {
        var share = coordinate - MathF.Floor(coordinate);
        return share is >= 0 and < 1 ? Math.Min((int)(share * size), size - 1) : 0;
    }
}
