using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>From a material to the colour that a camera sees.</summary>
internal abstract class SurfaceShading
{
    /// <summary>Numbers of the material, a multiple of 4; the first three are the albedo.</summary>
    public abstract int Channels { get; }

    /// <summary>Whether the colour depends on the surface's direction.</summary>
    public abstract bool UsesNormals { get; }

    /// <summary>The display colour.</summary>
    /// <param name="material">Each in 0..1.</param>
    /// <param name="normal">Of any length but 0.</param>
    /// <param name="toCamera">Of length 1.</param>
    public abstract Vector3 Color(ReadOnlySpan<float> material, Vector3 normal, Vector3 toCamera);

    /// <summary>Replaces the material by its gradient, and returns that of the normal.</summary>
    public abstract Vector3 Backward(Span<float> material, Vector3 normal, Vector3 toCamera, Vector3 gradient);
}
