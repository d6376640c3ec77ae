using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>One view of a surface: what each pixel shows, and where that lies in the world.</summary>
internal sealed class DmtetView
{
    private readonly PixelProjection _projection;
    private readonly VisibleSurface _visible;
    private readonly Vector3[] _normals;
    private Antialiasing? _antialiasing;

    /// <summary>Finds what the pixels show and fills the rest with the background.</summary>
    /// <param name="surface">In the world.</param>
    /// <param name="normals">At its vertices, or none where nothing asks for them.</param>
    /// <param name="camera">From where.</param>
    /// <param name="background">Display values.</param>
    /// <param name="light">On the object.</param>
    /// <param name="images">Are filled, margin included.</param>
    /// <param name="view">Which of the images.</param>
    /// <param name="parallel">How many threads.</param>
    public DmtetView(TetrahedralSurface surface, Vector3[] normals, Camera camera, Vector3 background, Shading light, Images images, int view, ParallelOptions parallel)
    {
        (Camera, Light, Index, Planes, _normals) = (camera, light, view, ViewPlanes.Of(images, view), normals);
        _projection = new PixelProjection(camera, images.Height - 2 * ImageMargin.Width, images.Width - 2 * ImageMargin.Width, ImageMargin.Width);
        _visible = new VisibleSurface(new ProjectedSurface(surface, _projection, parallel), images.Height, images.Width, parallel);
        for (var pixel = 0; pixel < _visible.Triangle.Length; pixel++)
            if (_visible.Triangle[pixel] == VisibleSurface.None)
                (Planes[0, pixel], Planes[1, pixel], Planes[2, pixel]) = (background.X, background.Y, background.Z);
    }

    public Camera Camera { get; }

    /// <summary>On the object.</summary>
    public Shading Light { get; }

    /// <summary>Its number among the views.</summary>
    public int Index { get; }

    /// <summary>Its part of the images.</summary>
    public ViewPlanes Planes { get; }

    /// <summary>The pixels that show the surface, row by row.</summary>
    public IEnumerable<(DmtetView, int)> Covered()
    {
        for (var pixel = 0; pixel < _visible.Triangle.Length; pixel++)
            if (_visible.Triangle[pixel] != VisibleSurface.None)
                yield return (this, pixel);
    }

    /// <summary>Smooths the silhouettes, once all pixels are filled.</summary>
    public void Antialias(ParallelOptions parallel) => _antialiasing = new Antialiasing(_visible, Planes, parallel);

    /// <summary>The gradient at the pixels' centres, from that of the images without their margin; adds that of the silhouettes' vertices.</summary>
    public ViewPlanes Backward(ImageGradients gradients, Images images, Span<Vector3> vertexGradient)
    {
        var planes = ImageMargin.Around(gradients, images, Index);
        _antialiasing!.Backward(planes, _projection, vertexGradient);
        return planes;
    }

    public (int A, int B, int C) VerticesAt(int pixel)
    {
        var (triangle, vertices) = (3 * _visible.Triangle[pixel], Surface.Triangles);
        return (vertices[triangle], vertices[triangle + 1], vertices[triangle + 2]);
    }

    /// <summary>The corners' shares of a pixel's place.</summary>
    public Vector3 SharesAt(int pixel) =>
        new(_visible.ShareA[pixel], _visible.ShareB[pixel], 1 - _visible.ShareA[pixel] - _visible.ShareB[pixel]);

    public Vector3 PositionAt(int pixel) => Mix(Surface.Positions, pixel);

    /// <summary>Not of length 1; zero where there are no normals.</summary>
    public Vector3 NormalAt(int pixel) => _normals.Length == 0 ? Vector3.Zero : Mix(_normals, pixel);

    public Vector3 AreaVectorAt(int pixel) => Surface.AreaVector(_visible.Triangle[pixel]);

    /// <summary>The gradient, within a pixel's triangle, of the mixed normal's product with a vector.</summary>
    public Vector3 SlideAt(int pixel, Vector3 normalPull)
    {
        if (normalPull == Vector3.Zero)
            return Vector3.Zero;

        var (a, b, c) = VerticesAt(pixel);
        var (ab, ac, area) = (Surface.Positions[b] - Surface.Positions[a], Surface.Positions[c] - Surface.Positions[a], AreaVectorAt(pixel));
        var (byB, byC) = (Vector3.Dot(normalPull, _normals[b] - _normals[a]), Vector3.Dot(normalPull, _normals[c] - _normals[a]));
        return (byB * Vector3.Cross(ac, area) + byC * Vector3.Cross(area, ab)) / area.LengthSquared();
    }

    private TetrahedralSurface Surface => _visible.Projected.Surface;

    private Vector3 Mix(Vector3[] values, int pixel)
    {
        var ((a, b, c), shares) = (VerticesAt(pixel), SharesAt(pixel));
        return shares.X * values[a] + shares.Y * values[b] + shares.Z * values[c];
    }
}
