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
