using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Gaussians under a light: each has one colour in a view, that of its centre and its normal.</summary>
/// <param name="gaussians">All of them.</param>
/// <param name="shading">The light.</param>
/// <param name="eye">Where they are seen from.</param>
internal sealed class SplatLight(Gaussians gaussians, Shading shading, Vector3 eye)
{
    private readonly Vector3[] _albedo = new Vector3[gaussians.Count];

    /// <summary>Replaces the colour of a row by that under the light.</summary>
    public void Forward(int i, Span<float> row)
    {
        _albedo[i] = Color(row);
        SetColor(row, (shading.IsTextureless ? Vector3.One : _albedo[i]) * Brightness(i));
    }

    /// <summary>Puts the row's own colour back, replaces its gradient, and adds what goes through normal and place.</summary>
    public void Backward(int i, Span<float> row, Span<float> gradient)
    {
        SetColor(row, _albedo[i]);
        var byColor = Color(gradient);
        SetColor(gradient, shading.IsTextureless ? Vector3.Zero : byColor * Brightness(i));
        var byBrightness = Vector3.Dot(byColor, shading.IsTextureless ? Vector3.One : _albedo[i]);
        var (byNormal, byPlace) = shading.BrightnessSlope(SplatNormals.Of(gaussians, i, eye), gaussians.Position(i));
        SplatNormals.Backward(gaussians, i, eye, byBrightness * byNormal);
        var place = gaussians.Positions.Gradient.AsSpan(3 * i, 3);
        (place[0], place[1], place[2]) = (place[0] + byBrightness * byPlace.X, place[1] + byBrightness * byPlace.Y, place[2] + byBrightness * byPlace.Z);
    }

    private float Brightness(int i) => shading.Brightness(SplatNormals.Of(gaussians, i, eye), gaussians.Position(i));

    private static Vector3 Color(ReadOnlySpan<float> row) => new(row[ProjectedSplats.Red], row[ProjectedSplats.Green], row[ProjectedSplats.Blue]);

    private static void SetColor(Span<float> row, Vector3 color) =>
        (row[ProjectedSplats.Red], row[ProjectedSplats.Green], row[ProjectedSplats.Blue]) = (color.X, color.Y, color.Z);
}
