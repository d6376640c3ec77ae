namespace DreamTime.Renderers;

/// <summary>Where the cameras of an optimisation may stand. Angles in degrees, distances in metres.</summary>
public sealed record CameraRanges
{
    /// <summary>Azimuths; at most one full turn. 0 is before the subject's face.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 360 degrees.</exception>
    public Interval Azimuth
    {
        get;
        init => field = value.To - value.From <= 360
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Azimuth), value, "Azimuths span at most 360 degrees.");
    } = new(-180, 180);

    /// <summary>Elevations, within -90..90; positive is above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside -90..90.</exception>
    public Interval Elevation
    {
        get;
        init => field = value.From >= -90 && value.To <= 90
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Elevation), value, "Elevations lie in -90..90 degrees.");
    } = new(-10, 60);

    /// <summary>Distances from the origin, above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public Interval Distance
    {
        get;
        init => field = value.From > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Distance), value, "Distances are above 0.");
    } = new(2.6f, 3);

    /// <summary>Vertical fields of view, between 0 and 180 exclusively.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not between 0 and 180.</exception>
    public Interval FovY
    {
        get;
        init => field = value.From > 0 && value.To < 180
            ? value
            : throw new ArgumentOutOfRangeException(nameof(FovY), value, "Fields of view lie between 0 and 180 degrees.");
    } = new(45, 45);
}
