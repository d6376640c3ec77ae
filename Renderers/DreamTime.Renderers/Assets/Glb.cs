using System.Numerics;
using System.Runtime.InteropServices;
using SharpGLTF.Memory;
using SharpGLTF.Schema2;

namespace DreamTime.Renderers;

/// <summary>A mesh as a binary glTF 2.0 file, which game engines and Blender open.</summary>
public static class Glb
{
    private static readonly AttributeFormat Vector = new(DimensionType.VEC3);
    private static readonly AttributeFormat Tangent = new(DimensionType.VEC4);
    private static readonly AttributeFormat Coordinate = new(DimensionType.VEC2);
    private static readonly AttributeFormat Color = new(DimensionType.VEC4, EncodingType.UNSIGNED_SHORT, true);

    /// <summary>
    /// Writes a mesh with one two-sided material, coloured by its texture, or at the vertices where it has none; rough and not metallic, unless there are maps that say otherwise. glTF has y up, its fronts face
    /// +z and its vertex colours are linear: (x, y, z) becomes (y, z, x), and display colours are linearised into 16 bits. Indices have 32 bits. Lengths stay as they
    /// are: glTF's unit is the metre. The same asset gives the same bytes.
    /// </summary>
    /// <param name="asset">At least one triangle.</param>
    /// <param name="path">The GLB file.</param>
    /// <param name="name">The name of the node, of its mesh and of its material.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(Asset asset, string path, string name = "object")
    {
        ArgumentNullException.ThrowIfNull(asset);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        asset.Mesh.DemandTriangles();
        var model = Model(asset, name);
        AtomicFile.Write(path, stream => model.WriteGLB(stream));
    }

    /// <summary>Writes a mesh coloured at its vertices.</summary>
    /// <inheritdoc cref="Save(Asset, string, string)"/>
    public static void Save(Mesh mesh, string path, string name = "object") => Save(new Asset(mesh, null), path, name);

    private static ModelRoot Model(Asset asset, string name)
    {
        var model = ModelRoot.CreateModel();
        model.Asset.Generator = "DreamTime.Fs";

        var material = model.CreateMaterial(name);
        material.InitializePBRMetallicRoughness();
        material.FindChannel("MetallicRoughness")!.Value.SetFactor("MetallicFactor", 0);
        material.FindChannel("MetallicRoughness")!.Value.SetFactor("RoughnessFactor", 1);
        material.DoubleSided = true;

        var (mesh, texture) = (asset.Mesh, asset.Texture);
        var shape = model.CreateMesh(name);
        var primitive = shape.CreatePrimitive();
        primitive.DrawPrimitiveType = PrimitiveType.TRIANGLES;
        primitive.Material = material;
        var vertices = texture?.Atlas.Vertices ?? [.. Enumerable.Range(0, mesh.Positions.Length)];
        primitive.SetVertexAccessor("POSITION", Vertices(model, vertices.Select(vertex => FacingZ(mesh.Positions[vertex])), Vector));
        primitive.SetVertexAccessor("NORMAL", Vertices(model, vertices.Select(vertex => Vector3.Normalize(FacingZ(mesh.Normals[vertex]))), Vector));
        if (texture is null)
        {
            primitive.SetVertexAccessor("COLOR_0", Vertices(model, mesh.Colors.Select(Linear), Color));
        }
        else
        {
            primitive.SetVertexAccessor("TEXCOORD_0", Vertices(model, texture.Atlas.Coordinates, Coordinate));
            Paint(model, material, "BaseColor", name, texture.BaseColor);
            if (texture.Maps is { } maps)
            {
                var tangents = AtlasTangents.Of(mesh, texture.Atlas).Select(tangent => new Vector4(Vector3.Normalize(FacingZ(tangent.AsVector3())), tangent.W));
                primitive.SetVertexAccessor("TANGENT", Vertices(model, tangents, Tangent));
                Paint(model, material, "MetallicRoughness", $"{name} metallic roughness", maps.MetallicRoughness);
                Paint(model, material, "Normal", $"{name} normals", maps.Normals);
                material.FindChannel("MetallicRoughness")!.Value.SetFactor("MetallicFactor", 1);
            }
        }
        primitive.SetIndexAccessor(Indices(model, texture?.Atlas.Triangles ?? mesh.Triangles));

        var node = model.UseScene(0).CreateNode(name);
        node.Mesh = shape;
        model.DefaultScene = model.UseScene(0);
        return model;
    }

    private static void Paint(ModelRoot model, Material material, string channel, string name, Picture picture)
    {
        var image = model.CreateImage(name);
        image.Content = new MemoryImage(ImageFile.ToPng(picture));
        material.FindChannel(channel)!.Value.SetTexture(
            0, image, null, TextureWrapMode.CLAMP_TO_EDGE, TextureWrapMode.CLAMP_TO_EDGE, TextureMipMapFilter.LINEAR_MIPMAP_LINEAR, TextureInterpolationFilter.LINEAR);
    }

    /// <summary>From z up and fronts towards +x to y up and fronts towards +z, as glTF, OBJ and USD have them: a rotation.</summary>
    internal static Vector3 FacingZ(Vector3 facingX) => new(facingX.Y, facingX.Z, facingX.X);

    /// <summary>The inverse of sRGB's transfer function (IEC 61966-2-1).</summary>
    internal static Vector3 LinearColor(Vector3 display)
    {
        static float Channel(float value) => (float)(value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4));

        return new Vector3(Channel(display.X), Channel(display.Y), Channel(display.Z));
    }

    /// <summary>sRGB's transfer function, of values that are brought into 0..1.</summary>
    internal static Vector3 DisplayColor(Vector3 linear)
    {
        static float Channel(float value) => (float)(value <= 0.0031308 ? 12.92 * value : 1.055 * Math.Pow(value, 1 / 2.4) - 0.055);

        linear = Vector3.Clamp(linear, Vector3.Zero, Vector3.One);
        return new Vector3(Channel(linear.X), Channel(linear.Y), Channel(linear.Z));
    }

    /// <summary>Linear and with an opaque alpha, in 16 bits each.</summary>
    private static (ushort R, ushort G, ushort B, ushort A) Linear(Vector3 display)
    {
        var linear = 65535 * LinearColor(display);
        return ((ushort)MathF.Round(linear.X), (ushort)MathF.Round(linear.Y), (ushort)MathF.Round(linear.Z), ushort.MaxValue);
    }

    private static Accessor Vertices<T>(ModelRoot model, IEnumerable<T> values, AttributeFormat format) where T : unmanaged
    {
        var (bytes, count) = Bytes(values);
        var accessor = model.CreateAccessor();
        accessor.SetVertexData(model.UseBufferView(bytes, target: BufferMode.ARRAY_BUFFER), 0, count, format);
        return accessor;
    }

    private static Accessor Indices(ModelRoot model, IEnumerable<int> triangles)
    {
        var (bytes, count) = Bytes(triangles);
        var accessor = model.CreateAccessor();
        accessor.SetIndexData(model.UseBufferView(bytes, target: BufferMode.ELEMENT_ARRAY_BUFFER), 0, count, IndexEncodingType.UNSIGNED_INT);
        return accessor;
    }

    private static (byte[] Bytes, int Count) Bytes<T>(IEnumerable<T> values) where T : unmanaged
    {
        var array = values.ToArray();
        return (MemoryMarshal.AsBytes<T>(array).ToArray(), array.Length);
    }
}
