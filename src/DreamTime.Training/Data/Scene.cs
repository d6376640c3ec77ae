using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime.Training;

/// <summary>One training image before it is rendered. Colours are display (sRGB) values in 0..1, angles degrees.</summary>
/// <param name="Caption">The text; empty for the unconditional share.</param>
/// <param name="Shape">The object.</param>
/// <param name="Main">The colour of the object.</param>
/// <param name="Accent">The colour of its named part.</param>
/// <param name="Camera">The viewpoint.</param>
/// <param name="ToLight">Unit vector towards the light.</param>
/// <param name="Ambient">Share of light that comes from everywhere, 0..1.</param>
/// <param name="Background">The plain background.</param>
public sealed record Scene(string Caption, Shape Shape, Vector3 Main, Vector3 Accent, Camera Camera, Vector3 ToLight, float Ambient, Vector3 Background)
{
    /// <summary>The unlit colour of a paint.</summary>
    public Vector3 Color(Paint paint) => paint switch
    {
        Paint.Main => Main,
        Paint.Accent => Accent,
        Paint.Dark => new(0.1f, 0.09f, 0.08f),
        Paint.Glass => new(0.62f, 0.8f, 0.92f),
        _ => new(0.95f, 0.5f, 0.1f),
    };
}
