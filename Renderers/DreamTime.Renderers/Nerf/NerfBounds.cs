namespace DreamTime.Renderers;

/// <summary>The shape around the origin inside which a NeRF is sampled.</summary>
public enum NerfBounds
{
    /// <summary>The ball |x| &lt;= radius: nothing can hide in the corners that no camera looks into.</summary>
    Sphere,

    /// <summary>The cube [-radius, radius]^3.</summary>
    Box,
}
