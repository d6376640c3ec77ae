using System.Numerics;
using System.Runtime.InteropServices;
using SharpGLTF.Memory;
using SharpGLTF.Schema2;

namespace DreamTime.Renderers;

/// <summary>A mesh as a binary glTF 2.0 file, which game engines and Blender open.</summary>
public static class Glb
{
    private static readonly AttributeFormat Vector = new(DimensionType.VEC3);
    private static readonly AttributeFormat Color = new(DimensionType.VEC4, EncodingType.UNSIGNED_SHORT, true);

    /// <summary>
    /// Writes a mesh with one rough, non-metallic, two-sided material coloured at the vertices. glTF has y up, its fronts face +z and its colours are
    /// linear: (x, y, z) becomes (y, z, x), and display colours are linearised into 16 bits. Indices have 32 bits. Lengths stay as they are: glTF's unit is the metre.
    /// The same mesh gives the same bytes.
    /// </summary>
    /// <param name="mesh">At least one triangle.</param>
    /// <param name="path">The GLB file.</param>
    /// <param name="name">The name of the node, of its mesh and of its material.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(Mesh mesh, string path, string name = "object")
    {
        ArgumentNullException.ThrowIfNull(mesh);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (mesh.TriangleCount == 0)
            throw new ArgumentException("A mesh without triangles makes no asset.", nameof(mesh));

        var model = Model(mesh, name);
        AtomicFile.Write(path, stream => model.WriteGLB(stream));
    }

    private static ModelRoot Model(Mesh mesh, string name)
    {
        var model = ModelRoot.CreateModel();
        model.Asset.Generator = "DreamTime.Fs";

        var material = model.CreateMaterial(name);
        material.InitializePBRMetallicRoughness();
        material.FindChannel("MetallicRoughness")!.Value.SetFactor("MetallicFactor", 0);
        material.FindChannel("MetallicRoughness")!.Value.SetFactor("RoughnessFactor", 1);
        material.DoubleSided = true;

        var shape = model.CreateMesh(name);
        var primitive = shape.CreatePrimitive();
        primitive.DrawPrimitiveType = PrimitiveType.TRIANGLES;
        primitive.Material = material;
        primitive.SetVertexAccessor("POSITION", Vertices(model, mesh.Positions.Select(FacingZ), Vector));
        primitive.SetVertexAccessor("NORMAL", Vertices(model, mesh.Normals.Select(normal => Vector3.Normalize(FacingZ(normal))), Vector));
        primitive.SetVertexAccessor("COLOR_0", Vertices(model, mesh.Colors.Select(Linear), Color));
        primitive.SetIndexAccessor(Indices(model, mesh.Triangles));

        var node = model.UseScene(0).CreateNode(name);
        node.Mesh = shape;
        model.DefaultScene = model.UseScene(0);
        return model;
    }

    private static Vector3 FacingZ(Vector3 facingX) => new(facingX.Y, facingX.Z, facingX.X);

    /// <summary>The inverse of sRGB's transfer function (IEC 61966-2-1), and an opaque alpha, in 16 bits each.</summary>
    private static (ushort R, ushort G, ushort B, ushort A) Linear(Vector3 display)
    {
        static ushort Channel(float value) => (ushort)Math.Round(65535 * (value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4)));

        return (Channel(display.X), Channel(display.Y), Channel(display.Z), ushort.MaxValue);
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
