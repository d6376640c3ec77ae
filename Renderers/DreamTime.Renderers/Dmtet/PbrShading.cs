using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A metallic-rough material under an environment light: the shades are the light's, and the albedo keeps clear of them.</summary>
internal sealed class PbrShading(EnvironmentLight light) : SurfaceShading
{
    /// <inheritdoc/>
    public override int Channels => PbrModel.Channels;

    /// <inheritdoc/>
    public override bool UsesNormals => true;

    /// <inheritdoc/>
    public override Vector3 Color(ReadOnlySpan<float> material, Vector3 normal, Vector3 toCamera)
    {
        Span<Single32> numbers = stackalloc Single32[PbrModel.Channels], color = stackalloc Single32[3];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = material[i];
        PbrModel.Color(light, numbers, (normal.X, normal.Y, normal.Z), toCamera, color);
        return new Vector3(color[0].Value, color[1].Value, color[2].Value);
    }

    /// <inheritdoc/>
    public override Vector3 Backward(Span<float> material, Vector3 normal, Vector3 toCamera, Vector3 gradient)
    {
        Span<Slopes> numbers = stackalloc Slopes[PbrModel.Channels], color = stackalloc Slopes[3];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = Slopes.Variable(material[i], i);
        var n = (Slopes.Variable(normal.X, numbers.Length), Slopes.Variable(normal.Y, numbers.Length + 1), Slopes.Variable(normal.Z, numbers.Length + 2));
        PbrModel.Color(light, numbers, n, toCamera, color);
        var slopes = color[0].By * gradient.X + color[1].By * gradient.Y + color[2].By * gradient.Z;
        for (var i = 0; i < numbers.Length; i++)
            material[i] = slopes[i];
        return new Vector3(slopes[numbers.Length], slopes[numbers.Length + 1], slopes[numbers.Length + 2]);
    }
}
