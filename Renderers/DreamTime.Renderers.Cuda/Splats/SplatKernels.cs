namespace DreamTime.Renderers.Cuda;

/// <summary>The kernels of Gaussians, by the files in <c>Kernels/</c> that define them.</summary>
internal static class SplatKernels
{
    /// <summary>Numbers of a row, and of an instance's sums, in memory: three quads.</summary>
    public const int RowNumbers = 12;

    /// <summary>Numbers of a view: position, axes, focal length, middle, background, light.</summary>
    public const int ViewNumbers = 24;

    /// <summary>Bits of a key that a pass of the sort takes, and pairs that a block of it sorts.</summary>
    public const int DigitBits = 8, PairsPerBlock = 4096;

    public static readonly Kernel Project = new("splat_project", "splat_project", 256);
    public static readonly Kernel Normals = new("splat_project", "splat_normals", 256);
    public static readonly Kernel ProjectBackward = new("splat_project", "splat_project_backward", 128);
    public static readonly Kernel Histogram = new("splat_sort", "splat_histogram", 256);
    public static readonly Kernel Scatter = new("splat_sort", "splat_scatter", 256);
    public static readonly Kernel Covered = new("splat_tiles", "splat_covered", 256);
    public static readonly Kernel Instances = new("splat_tiles", "splat_instances", 256);
    public static readonly Kernel Starts = new("splat_tiles", "splat_starts", 256);
    public static readonly Kernel Raster = new("splat_raster", "splat_raster", 256);
    public static readonly Kernel RasterBackward = new("splat_raster_backward", "splat_raster_backward", 256);
}
