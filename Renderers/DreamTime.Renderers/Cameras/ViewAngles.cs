namespace DreamTime.Renderers;

/// <summary>
/// The direction of a view in figures, for a prior whose captions had them: <c>a red mushroom, view 45 30</c> is azimuth 45 and elevation 30 degrees. A word such as
/// <c>side view</c> covers a quarter circle and both its mirror images; what a prior draws for it is an average of all of those, and the average of a turned box is round.
/// </summary>
public static class ViewAngles
{
    /// <summary>Azimuth and elevation are told to the nearest multiple of this, degrees.</summary>
    public const int Step = 15;

    /// <summary>The prompt with the angles of a view: <c>a red mushroom, view 45 30</c>.</summary>
    public static string Describe(string prompt, View view) => Describe(prompt, view.AzimuthDegrees, view.ElevationDegrees);

    /// <summary>The prompt with given angles.</summary>
    /// <param name="prompt">What is to be seen.</param>
    /// <param name="azimuthDegrees">0 is before the subject's face; may have gone around any number of times.</param>
    /// <param name="elevationDegrees">Positive is above.</param>
    public static string Describe(string prompt, float azimuthDegrees, float elevationDegrees)
    {
        var azimuth = (Nearest(azimuthDegrees) % 360 + 360) % 360;
        return FormattableString.Invariant($"{prompt}, view {azimuth} {Nearest(elevationDegrees)}");
    }

    private static int Nearest(float degrees) => Step * (int)MathF.Round(degrees / Step);
}
