using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The Gaussians that a run begins with.</summary>
internal static class SplatStart
{
    /// <summary>Grey, round Gaussians at random places of a ball of half the radius, each as large as its share of the volume.</summary>
    public static Gaussians Ball(SplatOptions options, long seed)
    {
        var gaussians = new Gaussians(options.InitialCount, options.HarmonicsDegree);
        var ball = options.Radius / 2;
        var scale = MathF.Log(ball / MathF.Cbrt(options.InitialCount));
        for (var i = 0; i < options.InitialCount; i++)
        {
            var place = ball * InBall(seed, i);
            (place.X, place.Y, place.Z).CopyTo(gaussians.Positions.Values, 3 * i);
            gaussians.LogScales.Values.AsSpan(3 * i, 3).Fill(scale);
            gaussians.Rotations.Values[4 * i] = 1;
            gaussians.Opacities.Values[i] = MathF.Log(options.InitialOpacity / (1 - options.InitialOpacity));
            for (var channel = 0; channel < 3; channel++)
                gaussians.Base.Values[3 * i + channel] = 0.2f * (float)(CounterRandom.Uniform(seed, 0, i, 3 + channel) - 0.5);
        }

        return gaussians;
    }

    /// <summary>
    /// Flat Gaussians on a solid's surface, which they cover: evenly by area, as wide as their distances and a fifth as thick, with its colours, or grey where it has none.
    /// </summary>
    public static Gaussians Surface(SplatOptions options, SignedShape shape, long seed)
    {
        const float Flatness = 0.2f, Opacity = 0.8f;

        var gaussians = new Gaussians(options.InitialCount, options.HarmonicsDegree);
        var width = (float)(0.8 * Math.Sqrt(shape.Area / options.InitialCount));
        for (var i = 0; i < options.InitialCount; i++)
        {
            double Uniform(int dimension) => CounterRandom.Uniform(seed, 0, i, dimension);

            // The first draw takes its turns along the surface's area, so that no part stays bare.
            var point = shape.SurfacePoint((i + Uniform(0)) / options.InitialCount, Uniform(1), Uniform(2));
            (point.Position.X, point.Position.Y, point.Position.Z).CopyTo(gaussians.Positions.Values, 3 * i);
            (MathF.Log(width), MathF.Log(width), MathF.Log(Flatness * width)).CopyTo(gaussians.LogScales.Values, 3 * i);
            var turn = FromZ(point.Normal);
            (gaussians.Rotations.Values[4 * i], gaussians.Rotations.Values[4 * i + 1], gaussians.Rotations.Values[4 * i + 2]) = (turn.W, turn.X, turn.Y);
            gaussians.Opacities.Values[i] = MathF.Log(Opacity / (1 - Opacity));
            var color = point.Color ?? new Vector3(0.5f);
            for (var channel = 0; channel < 3; channel++)
                gaussians.Base.Values[3 * i + channel] = (color[channel] - 0.5f) / Harmonics.Constant;
        }

        return gaussians;
    }

    /// <summary>The shortest turn from the z axis to a direction of length 1; its own z is 0.</summary>
    private static Quaternion FromZ(Vector3 to) => to.Z > -0.9999f
        ? Quaternion.Normalize(new Quaternion(-to.Y, to.X, 0, 1 + to.Z))
        : new Quaternion(1, 0, 0, 0);

    /// <summary>Evenly in the unit ball, by radius, height and angle.</summary>
    private static Vector3 InBall(long seed, int i)
    {
        var radius = Math.Cbrt(CounterRandom.Uniform(seed, 0, i, 0));
        var z = 2 * CounterRandom.Uniform(seed, 0, i, 1) - 1;
        var (sin, cos) = Math.SinCos(2 * Math.PI * CounterRandom.Uniform(seed, 0, i, 2));
        var across = Math.Sqrt(1 - z * z);
        return new Vector3((float)(radius * across * cos), (float)(radius * across * sin), (float)(radius * z));
    }

    private static void CopyTo(this (float X, float Y, float Z) vector, float[] values, int at) =>
        (values[at], values[at + 1], values[at + 2]) = (vector.X, vector.Y, vector.Z);
}
