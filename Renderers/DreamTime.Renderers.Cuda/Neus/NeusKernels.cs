namespace DreamTime.Renderers.Cuda;

/// <summary>The kernels of a signed distance, of <c>Kernels/neus.cu</c>.</summary>
internal static class NeusKernels
{
    /// <summary>Threads that look at a ray.</summary>
    public const int LanesPerRay = 8;

    public static readonly Kernel Ellipsoid = new("neus", "neus_ellipsoid", 256);
    public static readonly Kernel EllipsoidSlope = new("neus", "neus_ellipsoid_slope", 256);
    public static readonly Kernel Density = new("neus", "neus_density", 256);
    public static readonly Kernel Forward = new("neus", "neus_forward", 256);
    public static readonly Kernel Backward = new("neus", "neus_backward", 256);
}
