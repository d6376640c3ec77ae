namespace DreamTime.Renderers;

/// <summary>A camera together with where it stands around the subject: what chooses the view word and conditions a multi-view prior.</summary>
/// <param name="Camera">The camera itself.</param>
/// <param name="AzimuthDegrees">0 is before the subject's face (+x); grows towards +y.</param>
/// <param name="ElevationDegrees">Positive is above.</param>
/// <param name="Distance">From the origin, in metres.</param>
public readonly record struct View(Camera Camera, float AzimuthDegrees, float ElevationDegrees, float Distance)
{
    /// <summary>The view of <see cref="Renderers.Camera.Orbit"/>, with its arguments.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An argument leaves its range or is not finite.</exception>
    public static View Orbit(float azimuthDegrees, float elevationDegrees, float distance, float fovYDegrees) =>
        new(Camera.Orbit(azimuthDegrees, elevationDegrees, distance, fovYDegrees), azimuthDegrees, elevationDegrees, distance);

    /// <summary>Evenly spaced views once around the subject, the first before its face; played as a loop they turn without a jump.</summary>
    /// <param name="count">How many views, at least 1.</param>
    /// <param name="elevationDegrees">The elevation of all of them, -90..90.</param>
    /// <param name="distance">From the origin, in metres, above 0.</param>
    /// <param name="fovYDegrees">Vertical field of view, 0..180 exclusively.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument leaves its range or is not finite.</exception>
    public static View[] Around(int count, float elevationDegrees, float distance, float fovYDegrees)
    {
        if (count < 1)
            throw new ArgumentOutOfRangeException(nameof(count), count, "At least one view goes around.");

        return [.. Enumerable.Range(0, count).Select(i => Orbit(360f * i / count, elevationDegrees, distance, fovYDegrees))];
    }
}
