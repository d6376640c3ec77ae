using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A density and a colour everywhere inside a ball or box around the origin: what a mesh is extracted from.</summary>
public interface IDensityField
{
    /// <summary>Half the side of the box around the origin that holds the field, in world units; the density is 0 outside.</summary>
    float Radius { get; }

    /// <summary>The density at the surface where the field defines one, else null: then the surface is where the silhouettes say.</summary>
    float? SurfaceDensity => null;

    /// <summary>The surface, where the field holds it as triangles itself, else null: then it is found by marching cubes.</summary>
    /// <exception cref="NoSurfaceException">It holds its surface, and there is none.</exception>
    Mesh? Surface() => null;

    /// <summary>Evaluates the field at many points; several threads share the work.</summary>
    /// <param name="positions">World positions.</param>
    /// <param name="density">For each position: the volume density, at least 0, per world unit.</param>
    /// <param name="color">For each position: red, green and blue display values, 0..1. May be empty where only the density is wanted.</param>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color);
}
