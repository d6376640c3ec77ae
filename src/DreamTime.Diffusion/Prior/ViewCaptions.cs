namespace DreamTime.Diffusion;

/// <summary>How the captions that a prior was trained with say where a view is taken from.</summary>
public enum ViewCaptions
{
    /// <summary>In words: front, side, back or overhead view.</summary>
    Words,

    /// <summary>In figures: azimuth and elevation in degrees.</summary>
    Degrees,
}
