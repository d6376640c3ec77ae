using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Where a ray is sampled: once in every interval of one step within the bounds, at a random place or the centre, where the occupancy grid sees something.</summary>
internal sealed class RayMarcher(NerfOptions options, OccupancyGrid occupancy)
{
    // Of the ball's diameters, that an unbounded ray is followed before it leaves the ball.
    private const int LongestWithin = 2;

    /// <summary>The length of an interval, in world units; unbounded, of one within the ball.</summary>
    public float Step { get; } = 2 * options.Radius / options.SamplesPerRay;

    /// <summary>The most samples that a ray may give.</summary>
    public int MaxSamples { get; } = (int)MathF.Ceiling(options.SamplesPerRay * options.Bounds switch
    {
        NerfBounds.Box => MathF.Sqrt(3),
        NerfBounds.Unbounded => LongestWithin + 0.5f,
        _ => 1,
    }) + 1;

    /// <summary>Writes the distances along the ray, front to back.</summary>
    /// <param name="origin">In the world.</param>
    /// <param name="direction">Of length 1.</param>
    /// <param name="jitter">Seeds the places within the intervals, or null for their centres.</param>
    /// <param name="distances">Room for <see cref="MaxSamples"/>.</param>
    /// <returns>How many there are.</returns>
    public int March(Vector3 origin, Vector3 direction, uint? jitter, Span<float> distances)
    {
        var (near, far) = Clip(origin, direction);
        var count = 0;
        for (var k = 0; k < MaxSamples; k++)
        {
            var distance = near + (k + (jitter is { } seed ? Uniform(seed, k) : 0.5f)) * Step;
            if (!(distance < far))
            {
                var share = (distance - far) / options.Radius;
                if (options.Bounds != NerfBounds.Unbounded || share >= 1)
                    break;
                distance = far + options.Radius * SceneContraction.Beyond(share);
            }

            if (occupancy.IsOccupied(ToUnit(origin + distance * direction)))
                distances[count++] = distance;
        }

        return count;
    }

    /// <summary>From the world to 0..1, never outside: its [-radius, radius], or all of it, contracted.</summary>
    public Vector3 ToUnit(Vector3 world) => options.Bounds == NerfBounds.Unbounded
        ? SceneContraction.Contract(world / options.Radius) * 0.25f + new Vector3(0.5f)
        : Vector3.Clamp(world * (0.5f / options.Radius) + new Vector3(0.5f), Vector3.Zero, Vector3.One);

    /// <summary>How many times longer than <see cref="Step"/> the interval around a sample is.</summary>
    /// <param name="origin">Of its ray.</param>
    /// <param name="direction">Of its ray, of length 1.</param>
    /// <param name="distance">Along its ray.</param>
    public float StretchAt(Vector3 origin, Vector3 direction, float distance) => options.Bounds == NerfBounds.Unbounded
        ? SceneContraction.StretchAt(MathF.Max(0, distance - Clip(origin, direction).Far) / options.Radius)
        : 1;

    /// <summary>The same for a point of the unit cube, whatever ray goes through it.</summary>
    public float StretchAt(Vector3 unit) => SceneContraction.StretchAt(4 * (unit - new Vector3(0.5f)));

    /// <summary>Whether a point of the world is within the bounds; unbounded, within the ball, which is all that becomes a surface.</summary>
    public bool Contains(Vector3 world) => options.Bounds != NerfBounds.Box
        ? world.LengthSquared() <= options.Radius * options.Radius
        : Vector3.Abs(world) is var a && MathF.Max(a.X, MathF.Max(a.Y, a.Z)) <= options.Radius;

    /// <summary>
    /// The part of the ray within the bounds, before the origin; near is not below far where it misses them. Unbounded, the part up to where it leaves the ball, or to where it is
    /// nearest to it.
    /// </summary>
    private (float Near, float Far) Clip(Vector3 origin, Vector3 direction)
    {
        if (options.Bounds == NerfBounds.Box)
        {
            // A direction parallel to a face divides by 0: the infinities compare rightly, and 0/0 on the face itself is dropped by Max and Min.
            var (low, high) = ((new Vector3(-options.Radius) - origin) / direction, (new Vector3(options.Radius) - origin) / direction);
            var (enter, leave) = (Vector3.Min(low, high), Vector3.Max(low, high));
            return (MathF.Max(0, MathF.Max(enter.X, MathF.Max(enter.Y, enter.Z))), MathF.Min(leave.X, MathF.Min(leave.Y, leave.Z)));
        }

        var middle = -Vector3.Dot(origin, direction);
        var half = options.Radius * options.Radius - (origin + middle * direction).LengthSquared();
        if (options.Bounds == NerfBounds.Unbounded)
        {
            var exit = MathF.Max(0, middle + MathF.Sqrt(MathF.Max(0, half)));
            return (MathF.Max(0, exit - LongestWithin * 2 * options.Radius), exit);
        }

        if (half <= 0)
            return (0, 0);

        half = MathF.Sqrt(half);
        return (MathF.Max(0, middle - half), middle + half);
    }

    /// <summary>A number in [0, 1) for interval k: a 32-bit finaliser with low bias (Wellons' search) over a Weyl sequence.</summary>
    private static float Uniform(uint seed, int k)
    {
        var h = seed + (uint)k * 0x9E3779B9;
        h = (h ^ (h >> 16)) * 0x7FEB352D;
        h = (h ^ (h >> 15)) * 0x846CA68B;
        h ^= h >> 16;
        return (h >> 8) * (1f / (1 << 24));
    }
}
