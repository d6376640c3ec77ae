namespace DreamTime.Renderers;

/// <summary>
/// Draws the views of an optimisation step. The views of one step share the circle fairly: view k of n lies at random within the k-th n-th of the azimuths.
/// Elevations are for one half of the draws uniform in angle, for the other uniform on the sphere, which keeps low views common without starving high ones.
/// </summary>
/// <param name="ranges">Where cameras may stand.</param>
/// <param name="seed">Samplers with the same seed and ranges draw the same views.</param>
public sealed class CameraSampler(CameraRanges ranges, long seed)
{
    private enum Draw { Azimuth, Elevation, ElevationRule, Distance, FovY }

    /// <summary>Where cameras may stand.</summary>
    public CameraRanges Ranges { get; } = ranges ?? throw new ArgumentNullException(nameof(ranges));

    /// <summary>The views of a step: a pure function of the ranges, the seed and the arguments.</summary>
    /// <param name="step">The optimisation step.</param>
    /// <param name="views">How many views the step renders, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 view.</exception>
    public View[] Sample(int step, int views)
    {
        if (views < 1)
            throw new ArgumentOutOfRangeException(nameof(views), views, "A step renders at least one view.");

        return [.. Enumerable.Range(0, views).Select(view => Sample(step, view, views))];
    }

    private View Sample(int step, int view, int views)
    {
        double Uniform(Draw what) => CounterRandom.Uniform(seed, step, view, (int)what);

        var uniformInAngle = Uniform(Draw.ElevationRule) < 0.5;
        return View.Orbit(
            azimuthDegrees: Ranges.Azimuth.At((view + Uniform(Draw.Azimuth)) / views),
            elevationDegrees: uniformInAngle ? Ranges.Elevation.At(Uniform(Draw.Elevation)) : OnSphere(Ranges.Elevation, Uniform(Draw.Elevation)),
            distance: Ranges.Distance.At(Uniform(Draw.Distance)),
            fovYDegrees: Ranges.FovY.At(Uniform(Draw.FovY)));
    }

    /// <summary>Equal areas of the sphere are equal intervals of the sine of the elevation (Archimedes).</summary>
    private static float OnSphere(Interval elevation, double fraction)
    {
        var low = Math.Sin(double.DegreesToRadians(elevation.From));
        var high = Math.Sin(double.DegreesToRadians(elevation.To));
        var degrees = double.RadiansToDegrees(Math.Asin(low + (high - low) * fraction));
        return Math.Clamp((float)degrees, elevation.From, elevation.To);
    }
}
