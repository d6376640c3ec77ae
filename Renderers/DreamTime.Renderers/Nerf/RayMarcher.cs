using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Where a ray is sampled: once in every interval of one step within the bounds, at a random place or the centre, where the occupancy grid sees something.</summary>
internal sealed class RayMarcher(NerfOptions options, OccupancyGrid occupancy)
{
    /// <summary>The length of an interval, in world units.</summary>
    public float Step { get; } = 2 * options.Radius / options.SamplesPerRay;

    /// <summary>The most samples that a ray may give.</summary>
    public int MaxSamples { get; } = (int)MathF.Ceiling(options.SamplesPerRay * (options.Bounds == NerfBounds.Box ? MathF.Sqrt(3) : 1)) + 1;

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
                break;
            if (occupancy.IsOccupied(ToUnit(origin + distance * direction)))
                distances[count++] = distance;
        }

        return count;
    }

    /// <summary>From the world's [-radius, radius] to 0..1, never outside.</summary>
    public Vector3 ToUnit(Vector3 world) => Vector3.Clamp(world * (0.5f / options.Radius) + new Vector3(0.5f), Vector3.Zero, Vector3.One);

    /// <summary>Whether a point of the world is within the bounds.</summary>
    public bool Contains(Vector3 world) => options.Bounds == NerfBounds.Sphere
        ? world.LengthSquared() <= options.Radius * options.Radius
        : Vector3.Abs(world) is var a && MathF.Max(a.X, MathF.Max(a.Y, a.Z)) <= options.Radius;

    /// <summary>The part of the ray within the bounds, before the origin; near is not below far where it misses them.</summary>
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
