using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A point on a solid's surface.</summary>
/// <param name="Position">In metres.</param>
/// <param name="Normal">Of length 1, outwards.</param>
/// <param name="Color">Display values 0..1; null where the solid has no colours.</param>
internal readonly record struct ShapePoint(Vector3 Position, Vector3 Normal, Vector3? Color);
