namespace DreamTime.Renderers;

/// <summary>
/// What one view sees of each Gaussian (Zwicker et al. 2001, EWA splatting): its centre in pixels, the inverse of its covariance in the image, its opacity, colour and
/// distance, and the gradient with respect to these, which the rasteriser's backward pass fills.
/// </summary>
internal sealed class ProjectedSplats(int count)
{
    /// <summary>Numbers of a Gaussian that the rasteriser reads, and gives the gradient of.</summary>
    public const int Width = 10;

    public const int X = 0, Y = 1, A = 2, B = 3, C = 4, Opacity = 5, Red = 6, Green = 7, Blue = 8, Distance = 9;

    public int Count => count;

    /// <summary>[count, Width]: the image's centre (X, Y), the conic (A, B; B, C), opacity, red, green, blue, distance of the centre from the camera.</summary>
    public float[] Values { get; } = new float[Width * count];

    /// <summary>Depth along the viewing direction: the order of compositing.</summary>
    public float[] Depth { get; } = new float[count];

    /// <summary>The first and the last pixel, both included, of the columns and of the rows where the Gaussian can reach the least alpha; empty where it is not seen.</summary>
    public (int Left, int Right, int Top, int Bottom)[] Bounds { get; } = new (int, int, int, int)[count];

    /// <summary>The same numbers in arrays of its own.</summary>
    public ProjectedSplats Copy()
    {
        var copy = new ProjectedSplats(count);
        Values.CopyTo(copy.Values, 0);
        Depth.CopyTo(copy.Depth, 0);
        Bounds.CopyTo(copy.Bounds, 0);
        return copy;
    }

    public bool IsSeen(int i) => Bounds[i].Right >= Bounds[i].Left && Bounds[i].Bottom >= Bounds[i].Top;
}
