using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// All of space in a ball of radius 2 (Barron et al. 2022, mip-NeRF 360, eq. 10): the unit ball stays as it is, and |x| > 1 comes to 2 - 1 / |x|, so that what is far takes room in
/// proportion to what is seen of it.
/// </summary>
internal static class SceneContraction
{
    /// <summary>Distances from the ball to the farthest samples, in its radii: beyond, a camera that moves within the ball sees no difference.</summary>
    public const float Farthest = 1000;

    // Distances beyond the ball are v / (1 - Bend v), v from 0 to 1: evenly in disparity.
    private const float Bend = 1 - 1 / Farthest;

    /// <summary>Where a point of space comes to; nothing comes to a length of 2 or more.</summary>
    public static Vector3 Contract(Vector3 x) => x.Length() is var length && length <= 1 ? x : x * ((2 - 1 / length) / length);

    /// <summary>The point that comes to this one.</summary>
    /// <param name="contracted">Shorter than 2.</param>
    public static Vector3 Expand(Vector3 contracted) => contracted.Length() is var length && length <= 1 ? contracted : contracted / ((2 - length) * length);

    /// <summary>How far beyond the ball a share of the way to the farthest sample is, in its radii.</summary>
    /// <param name="share">0..1.</param>
    public static float Beyond(float share) => share / (1 - Bend * share);

    /// <summary>By how much the interval of a sample is longer than one within the ball: the derivative of <see cref="Beyond"/>.</summary>
    /// <param name="beyond">How far beyond the ball the sample is, in its radii, at least 0.</param>
    public static float StretchAt(float beyond) => (1 + Bend * beyond) * (1 + Bend * beyond);

    /// <summary>The same for a contracted point, as a ray through the ball's centre has it.</summary>
    public static float StretchAt(Vector3 contracted) => StretchAt(MathF.Max(0, Expand(contracted * MathF.Min(1, 1.999f / contracted.Length())).Length() - 1));
}
