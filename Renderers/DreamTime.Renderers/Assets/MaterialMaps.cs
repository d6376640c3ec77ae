using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A material as pictures, as glTF has them.</summary>
/// <param name="MetallicRoughness">Roughness in green, metallic in blue; linear numbers, not colours.</param>
/// <param name="Normals">The normals that the bump leans, in the surface's frames: x along the columns, y up the image, z outside; 0.5 is 0.</param>
public sealed record MaterialMaps(Picture MetallicRoughness, Picture Normals)
{
    /// <summary>The roughness alone, in grey, for formats that have a picture for each number.</summary>
    internal Picture Roughness => Grey(1);

    /// <summary>How metallic alone, in grey.</summary>
    internal Picture Metallic => Grey(2);

    /// <summary>Asks the field at the texels.</summary>
    internal static MaterialMaps Bake(IMaterialField field, Mesh mesh, UvAtlas atlas, TexelGrid texels, int size)
    {
        var tangents = AtlasTangents.Of(mesh, atlas);
        var frames = texels.Places.Select(place => Frame(mesh, atlas, tangents, place.Triangle, place.Weights)).ToArray();
        var (normals, materials) = (Array.ConvertAll(frames, frame => frame.Normal), new Vector2[frames.Length]);
        field.QueryMaterial(texels.Positions, normals, materials);

        var nearest = texels.Nearest();
        return new MaterialMaps(
            Paint(size, nearest, i => new Vector3(1, materials[i].Y, materials[i].X)),
            Paint(size, nearest, i => new Vector3(0.5f) + 0.5f * new Vector3(
                Vector3.Dot(normals[i], frames[i].Tangent), Vector3.Dot(normals[i], frames[i].Up), Vector3.Dot(normals[i], frames[i].Normal))));
    }

    private Picture Grey(int channel)
    {
        var plane = MetallicRoughness.Color.AsSpan(channel * MetallicRoughness.Height * MetallicRoughness.Width, MetallicRoughness.Height * MetallicRoughness.Width).ToArray();
        return new Picture([.. plane, .. plane, .. plane], MetallicRoughness.Height, MetallicRoughness.Width);
    }

    private static Picture Paint(int size, int[] nearest, Func<int, Vector3> value)
    {
        var (plane, numbers) = (size * size, new float[3 * size * size]);
        for (var texel = 0; texel < plane; texel++)
        {
            var color = value(nearest[texel]);
            (numbers[texel], numbers[plane + texel], numbers[2 * plane + texel]) = (color.X, color.Y, color.Z);
        }

        return new Picture(numbers, size, size);
    }

    /// <summary>As a viewer mixes it from the corners.</summary>
    private static (Vector3 Tangent, Vector3 Up, Vector3 Normal) Frame(Mesh mesh, UvAtlas atlas, Vector4[] tangents, int triangle, Vector3 weights)
    {
        var (normal, tangent) = (Vector3.Zero, Vector4.Zero);
        for (var corner = 0; corner < 3; corner++)
        {
            normal += weights[corner] * mesh.Normals[mesh.Triangles[3 * triangle + corner]];
            tangent += weights[corner] * tangents[atlas.Triangles[3 * triangle + corner]];
        }

        normal = normal.LengthSquared() > 1e-12f ? Vector3.Normalize(normal) : mesh.Normals[mesh.Triangles[3 * triangle]];
        var along = tangent.AsVector3() - Vector3.Dot(tangent.AsVector3(), normal) * normal;
        along = along.LengthSquared() > 1e-12f ? Vector3.Normalize(along) : tangents[atlas.Triangles[3 * triangle]].AsVector3();
        return (along, (tangent.W < 0 ? -1 : 1) * Vector3.Cross(normal, along), normal);
    }
}
