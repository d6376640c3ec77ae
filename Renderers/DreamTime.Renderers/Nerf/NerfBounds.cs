namespace DreamTime.Renderers;

/// <summary>The shape around the origin inside which a NeRF is sampled.</summary>
public enum NerfBounds
{
    /// <summary>The ball |x| &lt;= radius: nothing can hide in the corners that no camera looks into.</summary>
    Sphere,

    /// <summary>The cube [-radius, radius]^3.</summary>
    Box,

    /// <summary>
    /// All of space, contracted (mip-NeRF 360): the ball |x| &lt;= radius as it is, what lies outside ever coarser. Cameras belong inside the ball; from outside it a ray begins at most two
    /// diameters before it leaves the ball.
    /// </summary>
    Unbounded,
}
