using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>What a ray sees, and how many of its samples it used before it ended.</summary>
internal readonly record struct RayResult(Vector3 Color, float Opacity, float Depth, int Used);
