using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A field that knows more of its surface than a colour: a metallic-rough material with a bump, as glTF has it. Its colours are albedos.</summary>
public interface IMaterialField : IDensityField
{
    /// <summary>Whether it has learned a material; else <see cref="QueryMaterial"/> is not to be called.</summary>
    bool HasMaterial { get; }

    /// <summary>Evaluates the material at many points of the surface.</summary>
    /// <param name="positions">World positions.</param>
    /// <param name="normals">The surface's normals there, of length 1; replaced by those that the bump leans, of length 1.</param>
    /// <param name="metallicRoughness">For each position: metallic and roughness, 0..1.</param>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    /// <exception cref="InvalidOperationException">It has no material.</exception>
    void QueryMaterial(ReadOnlySpan<Vector3> positions, Span<Vector3> normals, Span<Vector2> metallicRoughness);
}
