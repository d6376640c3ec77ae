using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The display colour (sRGB, 0..1) of a point of a file's triangle.</summary>
/// <param name="triangle">From 0.</param>
/// <param name="weights">The point's share of the three corners: at least 0, together 1.</param>
internal delegate Vector3 SurfacePaint(int triangle, Vector3 weights);
