namespace DreamTime.Renderers.Cuda;

/// <summary>The kernels of a surface on a tetrahedral grid, by the files in <c>Kernels/</c> that define them.</summary>
internal static class DmtetKernels
{
    public static readonly Kernel Mark = new("dmtet_extract", "dmtet_mark", 256);
    public static readonly Kernel Count = new("dmtet_extract", "dmtet_count", 256);
    public static readonly Kernel Vertices = new("dmtet_extract", "dmtet_vertices", 256);
    public static readonly Kernel Triangles = new("dmtet_extract", "dmtet_triangles", 256);
    public static readonly Kernel Positions = new("dmtet_extract", "dmtet_positions", 256);
    public static readonly Kernel Backward = new("dmtet_extract", "dmtet_backward", 256);
    public static readonly Kernel Draw = new("dmtet_raster", "dmtet_draw", 256);
    public static readonly Kernel Resolve = new("dmtet_raster", "dmtet_resolve", 256);
    public static readonly Kernel CountAround = new("dmtet_edges", "dmtet_count_around", 256);
    public static readonly Kernel ListAround = new("dmtet_edges", "dmtet_list_around", 256);
    public static readonly Kernel FindSilhouettes = new("dmtet_edges", "dmtet_find_silhouettes", 128);
    public static readonly Kernel Smooth = new("dmtet_edges", "dmtet_smooth", 256);
    public static readonly Kernel PullSilhouettes = new("dmtet_edges", "dmtet_pull_silhouettes", 128);
    public static readonly Kernel List = new("dmtet_points", "dmtet_list", 256);
    public static readonly Kernel Place = new("dmtet_points", "dmtet_place", 256);
    public static readonly Kernel Fill = new("dmtet_points", "dmtet_fill", 256);
    public static readonly Kernel Gather = new("dmtet_points", "dmtet_gather", 256);
    public static readonly Kernel PullPoints = new("dmtet_points", "dmtet_pull_points", 256);
    public static readonly Kernel NormalSums = new("dmtet_losses", "dmtet_normal_sums", 256);
    public static readonly Kernel NormalConsistency = new("dmtet_losses", "dmtet_normal_consistency", 256);
    public static readonly Kernel NormalLengths = new("dmtet_losses", "dmtet_normal_lengths", 256);
    public static readonly Kernel NormalBackward = new("dmtet_losses", "dmtet_normal_backward", 256);
    public static readonly Kernel Laplacian = new("dmtet_losses", "dmtet_laplacian", 256);
    public static readonly Kernel LaplacianNeighbours = new("dmtet_losses", "dmtet_laplacian_neighbours", 256);
    public static readonly Kernel SignConsistency = new("dmtet_losses", "dmtet_sign_consistency", 256);
}
