namespace DreamTime.Renderers;

/// <summary>The file formats of an <see cref="Asset"/>.</summary>
public enum AssetFormat
{
    /// <summary>Binary glTF 2.0 with the texture inside: game engines, Blender, the web.</summary>
    Glb,

    /// <summary>Wavefront OBJ, with a material and the texture as files beside it.</summary>
    Obj,

    /// <summary>PLY with colours at the vertices.</summary>
    Ply,

    /// <summary>STL in millimetres, without colours: 3D printing.</summary>
    Stl,

    /// <summary>USDZ with the texture inside: Apple's devices.</summary>
    Usdz,
}
