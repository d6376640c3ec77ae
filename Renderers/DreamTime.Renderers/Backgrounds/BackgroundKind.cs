namespace DreamTime.Renderers;

/// <summary>What stands behind the object while it is optimised.</summary>
public enum BackgroundKind
{
    /// <summary>One plain colour a view, half of them grey, as the embedded prior's own images have it: no colour of the object can hide in all of them.</summary>
    Random,

    /// <summary>One plain colour, always the same.</summary>
    Fixed,

    /// <summary>A board of two random colours a view, its fields a random 4 to 16 across: what is transparent shows edges.</summary>
    Checker,

    /// <summary>Random colours on 4 to 16 points across, and between them their mixtures.</summary>
    Noise,

    /// <summary>
    /// A small network of the viewing direction that is optimised along (Poole et al. 2022, DreamFusion); for half of the views a random colour stands instead, as threestudio has
    /// it, so that the object cannot move into it.
    /// </summary>
    Learned,
}
