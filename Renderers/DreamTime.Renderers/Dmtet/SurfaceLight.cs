using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A view's point light on a surface's colour, and its gradient.</summary>
internal static class SurfaceLight
{
    /// <summary>The colour, or white where the object is shown without its own, times the light's brightness.</summary>
    public static Vector3 Lit(Vector3 color, Shading light, Vector3 normal, Vector3 place) =>
        light.IsPlain ? color : (light.IsTextureless ? Vector3.One : color) * light.Brightness(normal, place);

    /// <summary>The gradients of the colour before the light, of the unit normal and of the place.</summary>
    public static (Vector3 OfColor, Vector3 OfNormal, Vector3 OfPlace) Backward(Vector3 color, Vector3 gradient, Shading light, Vector3 normal, Vector3 place)
    {
        var (byNormal, byPlace) = light.BrightnessSlope(normal, place);
        var ofBrightness = Vector3.Dot(gradient, color);
        return (light.IsTextureless ? Vector3.Zero : gradient * light.Brightness(normal, place), ofBrightness * byNormal, ofBrightness * byPlace);
    }

    /// <summary>From the gradient of the unit normal to that of a normal of any length.</summary>
    public static Vector3 ThroughLength(Vector3 normal, Vector3 ofUnit)
    {
        var length = normal.Length();
        return length > 0 ? (ofUnit - Vector3.Dot(ofUnit, normal) / (length * length) * normal) / length : Vector3.Zero;
    }
}
