using System.Globalization;
using System.Numerics;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>An asset as a USDZ package: a text layer (<c>.usda</c>) with a preview surface, and its textures.</summary>
public static class Usdz
{
    private const string Layer = "model.usda", BaseColor = "base_color.png", MetallicRoughness = "metallic_roughness.png", Normals = "normal.png";

    /// <summary>
    /// Writes the package: y up, fronts face +z ((x, y, z) becomes (y, z, x)), one unit is a metre. Without a texture the surface has the linear colours of its
    /// vertices. The same asset gives the same bytes.
    /// </summary>
    /// <param name="asset">At least one triangle.</param>
    /// <param name="path">The USDZ file.</param>
    /// <param name="name">What the object is called, kept as its display name.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(Asset asset, string path, string name = "object")
    {
        ArgumentNullException.ThrowIfNull(asset);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        asset.Mesh.DemandTriangles();
        List<(string, byte[])> files = [(Layer, Encoding.UTF8.GetBytes(Usda(asset, name)))];
        if (asset.Texture is { } texture)
            files.Add((BaseColor, ImageFile.ToPng(texture.BaseColor)));
        if (asset.Texture?.Maps is { } maps)
            files.AddRange([(MetallicRoughness, ImageFile.ToPng(maps.MetallicRoughness)), (Normals, ImageFile.ToPng(maps.Normals))]);
        AtomicFile.Write(path, stream => StoredZip.Write(stream, files));
    }

    private static string Usda(Asset asset, string name)
    {
        var (mesh, atlas) = (asset.Mesh, asset.Texture?.Atlas);
        var positions = mesh.Positions.Select(Glb.FacingZ).ToArray();
        var (low, high) = (positions.Aggregate(Vector3.Min), positions.Aggregate(Vector3.Max));
        var colors = atlas is null
            ? $$"""
                    color3f[] primvars:displayColor = [{{List(mesh.Colors.Select(Glb.LinearColor), Tuple)}}] (
                        interpolation = "vertex"
                    )
            """
            : $$"""
                    texCoord2f[] primvars:st = [{{List(atlas.Coordinates, place => Number($"({place.X}, {1 - place.Y})"))}}] (
                        interpolation = "faceVarying"
                    )
                    int[] primvars:st:indices = [{{List(atlas.Triangles, index => Number($"{index}"))}}]
            """;
        return $$"""
            #usda 1.0
            (
                defaultPrim = "Asset"
                doc = "DreamTime.Fs"
                metersPerUnit = 1
                upAxis = "Y"
            )

            def Xform "Asset" (
                displayName = "{{Quoted(name)}}"
                kind = "component"
            )
            {
                def Mesh "Surface" (
                    prepend apiSchemas = ["MaterialBindingAPI"]
                )
                {
                    uniform bool doubleSided = 1
                    float3[] extent = [{{Tuple(low)}}, {{Tuple(high)}}]
                    int[] faceVertexCounts = [{{List(Enumerable.Repeat(3, mesh.TriangleCount), count => Number($"{count}"))}}]
                    int[] faceVertexIndices = [{{List(mesh.Triangles, index => Number($"{index}"))}}]
                    rel material:binding = </Asset/Material>
                    normal3f[] normals = [{{List(mesh.Normals.Select(Glb.FacingZ), Tuple)}}] (
                        interpolation = "vertex"
                    )
                    point3f[] points = [{{List(positions, Tuple)}}]
            {{colors}}
                    uniform token subdivisionScheme = "none"
                }

                def Material "Material"
                {
                    token outputs:surface.connect = </Asset/Material/Preview.outputs:surface>

                    def Shader "Preview"
                    {
                        uniform token info:id = "UsdPreviewSurface"
                        color3f inputs:diffuseColor.connect = </Asset/Material/Color.outputs:{{(atlas is null ? "result" : "rgb")}}>
            {{(asset.Texture?.Maps is null ? PlainMaterial : MappedMaterial)}}
                        token outputs:surface
                    }
            {{Shaders(asset.Texture)}}
                }
            }

            """;
    }

    private const string PlainMaterial = """
                        float inputs:metallic = 0
                        float inputs:roughness = 1
            """;

    private const string MappedMaterial = """
                        float inputs:metallic.connect = </Asset/Material/MetallicRoughness.outputs:b>
                        normal3f inputs:normal.connect = </Asset/Material/Normals.outputs:rgb>
                        float inputs:roughness.connect = </Asset/Material/MetallicRoughness.outputs:g>
            """;

    private const string VertexColor = """

                    def Shader "Color"
                    {
                        uniform token info:id = "UsdPrimvarReader_float3"
                        string inputs:varname = "displayColor"
                        float3 outputs:result
                    }
            """;

    private const string Coordinates = """

                    def Shader "Coordinates"
                    {
                        uniform token info:id = "UsdPrimvarReader_float2"
                        string inputs:varname = "st"
                        float2 outputs:result
                    }
            """;

    /// <summary>What the preview surface is connected with.</summary>
    private static string Shaders(BakedTexture? texture)
    {
        // Normals lie in 0..1 in the picture and in -1..1 on the surface.
        const string ToSigned = "float4 inputs:bias = (-1, -1, -1, 0)\n                        float4 inputs:scale = (2, 2, 2, 1)";

        if (texture is null)
            return VertexColor;

        var color = TextureShader("Color", BaseColor, "sRGB", "float3 outputs:rgb");
        return texture.Maps is null
            ? color + Coordinates
            : color + TextureShader("MetallicRoughness", MetallicRoughness, "raw", "float outputs:b", "float outputs:g")
                + TextureShader("Normals", Normals, "raw", ToSigned, "float3 outputs:rgb") + Coordinates;
    }

    private static string TextureShader(string name, string file, string colorSpace, params string[] lines) => $$"""

                    def Shader "{{name}}"
                    {
                        uniform token info:id = "UsdUVTexture"
                        asset inputs:file = @{{file}}@
                        token inputs:sourceColorSpace = "{{colorSpace}}"
                        float2 inputs:st.connect = </Asset/Material/Coordinates.outputs:result>
                        token inputs:wrapS = "clamp"
                        token inputs:wrapT = "clamp"
                        {{string.Join("\n                        ", lines)}}
                    }
            """ + "\n";

    private static string List<T>(IEnumerable<T> values, Func<T, string> print) => string.Join(", ", values.Select(print));

    private static string Tuple(Vector3 vector) => Number($"({vector.X}, {vector.Y}, {vector.Z})");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Within quotation marks on one line.</summary>
    private static string Quoted(string text) =>
        string.Concat(text.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? " " : c.ToString()));
}
