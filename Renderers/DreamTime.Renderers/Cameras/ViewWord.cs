namespace DreamTime.Renderers;

/// <summary>
/// The word that tells a text-conditioned prior where the camera stands (DreamFusion's view-dependent prompts), the remedy against a face on every side.
/// </summary>
public static class ViewWord
{
    /// <summary>Within 45 degrees of the subject's face.</summary>
    public const string Front = "front";

    /// <summary>Neither front, nor back, nor overhead.</summary>
    public const string Side = "side";

    /// <summary>Within 45 degrees of the subject's back.</summary>
    public const string Back = "back";

    /// <summary>More than 45 degrees above the horizon, whatever the azimuth.</summary>
    public const string Overhead = "overhead";

    /// <summary>Every view word, for a caller that embeds them all beforehand.</summary>
    public static IReadOnlyList<string> All { get; } = [Front, Side, Back, Overhead];

    /// <summary>The word for a direction; an azimuth may have gone around any number of times.</summary>
    /// <param name="azimuthDegrees">0 is before the subject's face.</param>
    /// <param name="elevationDegrees">Positive is above.</param>
    public static string Of(float azimuthDegrees, float elevationDegrees)
    {
        if (elevationDegrees > 45)
            return Overhead;

        var fromFront = MathF.Abs(MathF.IEEERemainder(azimuthDegrees, 360));
        return fromFront < 45 ? Front : fromFront > 135 ? Back : Side;
    }

    /// <summary>The prompt with its view word: <c>a red mushroom, front view</c>.</summary>
    public static string Describe(string prompt, View view) => Describe(prompt, Of(view.AzimuthDegrees, view.ElevationDegrees));

    /// <summary>The prompt with a given view word.</summary>
    /// <param name="prompt">What is to be seen.</param>
    /// <param name="word">One of <see cref="All"/>.</param>
    public static string Describe(string prompt, string word) => $"{prompt}, {word} view";
}
