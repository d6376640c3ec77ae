using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The albedo as it is, as if the surface shone: light and shade, where images show them, become part of it.</summary>
internal sealed class AlbedoShading : SurfaceShading
{
    /// <inheritdoc/>
    public override int Channels => 4;

    /// <inheritdoc/>
    public override bool UsesNormals => false;

    /// <inheritdoc/>
    public override Vector3 Color(ReadOnlySpan<float> material, Vector3 normal, Vector3 toCamera) => new(material);

    /// <inheritdoc/>
    public override Vector3 Backward(Span<float> material, Vector3 normal, Vector3 toCamera, Vector3 gradient)
    {
        material.Clear();
        gradient.CopyTo(material);
        return Vector3.Zero;
    }
}
